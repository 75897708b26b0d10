/** Stored objects: made, changed, saved, and there again when the service starts anew. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Service } from 'mara-ts'
import { references, Store, session } from 'mara-ts/storage'
import { z } from 'zod'

class User extends Store.define('user', {
  visits: z.int().min(0).default(0),
  friends: references<User>(() => User),
  here: session(z.boolean().default(false)),
}) {
  greet(): string {
    return `Hello, ${this.key}. This is visit number ${this.visits}.`
  }
}

const storePath = await mkdtemp(join(tmpdir(), 'mara-users-'))
for (let visit = 1; visit <= 2; visit++) {
  const service = new Service()
  const users = service.stores.manager(User)
  await service.start({ port: 0, log: false, storePath })

  const ann = (await users.load('ann')) ?? (await users.create('ann'))
  ann.visits += 1
  ann.here = true
  if (ann.friends.length === 0) ann.friends.push(users.ref('bob'))
  await ann.save()
  console.log(ann.greet(), await ann.friends[0]?.load())
  await service.stop()
}
console.log((await readFile(join(storePath, 'user', 'ann.json'), 'utf8')).trim())
await rm(storePath, { recursive: true })
