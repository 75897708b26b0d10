/** Users that Mara for Python has saved, read as they are. Each is written in its new form when it is saved. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withRoom } from 'mara-ts/contrib/rooms'
import { BaseUser, withAdmin, withGender, withPassword } from 'mara-ts/contrib/users'
import { fileBackend, Stores } from 'mara-ts/storage'

/** Leaves out None, and puts the key in the place of a reference. */
function fromPython(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPython)
  if (typeof value !== 'object' || value === null) return value
  if ('__store__' in value && 'key' in value) return value.key
  const given = Object.entries(value).filter(([, part]) => part !== null)
  return Object.fromEntries(given.map(([name, part]) => [name, fromPython(part)]))
}

class User extends withRoom(withGender(withAdmin(withPassword(BaseUser)))) {
  // What has no version counts as version 1.
  static override version = 2
  static override migrate(_from: number, data: Record<string, unknown>) {
    const { is_admin, gender, password_algorithm, ...rest } = fromPython(data) as Record<string, unknown>
    const pronouns = { male: 'he', female: 'she' }[String(gender)] ?? 'they'
    return { ...rest, isAdmin: is_admin === true, gender: pronouns }
  }
}

// A folder as the old program left it. The password is swordfish.
const folder = await mkdtemp(join(tmpdir(), 'mara-old-'))
await mkdir(join(folder, 'user'))
const ann = {
  room: { __store__: 'room', key: 'pool' },
  password: '$2b$04$WwdySTLj1ZrIf3ymDH58LOL77tXStr6ccWUiN6LuW2V12BC1y1Jle',
  password_algorithm: 'bcrypt2',
  is_admin: true,
  gender: 'female',
  name: 'Ann',
}
await writeFile(join(folder, 'user', 'ann.json'), JSON.stringify(ann))

const stores = new Stores()
const users = stores.manager(User)
await stores.open(fileBackend(folder))
for await (const user of users.all()) {
  console.log(
    `${user.name} was last in the room ${user.room}. The password fits: ${await user.checkPassword('swordfish')}.`,
  )
  await user.save()
}
await stores.close()
const saved = await readFile(join(folder, 'user', 'ann.json'), 'utf8')
console.log(saved.replace(/scrypt[^"]*/, 'scrypt...').trim())
await rm(folder, { recursive: true })
