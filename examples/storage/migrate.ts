/** A class whose fields have changed, and objects that other versions saved. */
import { memoryBackend, Store, Stores } from 'mara-ts/storage'
import { z } from 'zod'

class User extends Store.define('user', { first: z.string(), last: z.string().default('') }) {
  static override version = 2
  static override migrate(_from: number, { name, ...rest }: Record<string, unknown>) {
    const [first, last] = String(name).split(' ')
    return { ...rest, first, last }
  }
}

const backend = memoryBackend()
await backend.write('user', 'ann', '{ "$version": 1, "name": "Ann Lee" }')
await backend.write('user', 'bob', '{ "$version": 3, "first": "Bob" }')

const stores = new Stores()
const users = stores.manager(User)
stores.onUnreadable((error) => console.log(error.message))
await stores.open(backend)
for await (const { key, first, last } of users.all()) console.log(`${key} is ${first} ${last}.`)
await stores.close()
