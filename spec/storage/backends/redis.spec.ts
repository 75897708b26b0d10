// time limit: 240 s
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redisBackend } from '../../../lib/storage/backends/redis.js'
import { BackendError, BackendSettingError } from '../../../lib/storage/index.js'
import { addConformance } from '../support/conformance.js'
import { openStores, rejection } from '../support/people.js'
import { ensureRedis, type RedisServer, redisServer } from '../support/redis.js'

const test = suite('storage backend redis')

test('a setting that is no URL, names no database by number, or has a bare % is refused, and no password is in the error', async () => {
  for (const [setting, message] of [
    ['redis://[', /is not a URL/],
    ['redis://localhost/abc', /names a database that is no number/],
    ['redis://localhost/1/2', /names a database that is no number/],
    ['redis://ann:ses%ame@localhost', /has a % in its user or password/],
  ] as const) {
    const error = await rejection<BackendSettingError>(redisBackend(setting))
    assert.instance(error, BackendSettingError)
    assert.match(error.message, message)
    assert.not.match(error.message, /ses/)
  }
})

test('a server that accepts connections and never answers is an error in time', async () => {
  const held = new Set<Socket>()
  const mute = createServer((socket) => void held.add(socket.resume().on('error', () => {})))
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { port } = mute.address() as AddressInfo
  const error = await rejection<BackendError>(redisBackend(`redis://127.0.0.1:${port}`, { patience: 200 }))
  assert.instance(error, BackendError)
  assert.match(error.message, /Cannot reach redis at 127\.0\.0\.1:\d+: it did not answer within 200 ms\. /)
  for (const socket of held) socket.destroy()
  mute.close()
})

const missing = ensureRedis()
if (missing) console.log(`skipped: ${missing}`)
else {
  let server: RedisServer
  let opened = 0
  const url = (query = '') => `redis://127.0.0.1:${server.port}/0${query}`

  test.before(async () => {
    server = await redisServer()
  })
  test.after(() => server.stop())

  addConformance(test, {
    open: () => redisBackend(url(`?prefix=spec${++opened}`)),
    reopen: () => redisBackend(url(`?prefix=spec${opened}`)),
  })

  test('services with different prefixes share a database and meet nowhere', async () => {
    const [one, two] = [await redisBackend(url('?prefix=one')), await redisBackend(url('?prefix=on'))]
    await one.write('user', 'ann', '1')
    assert.is(await two.read('user', 'ann'), undefined)
    assert.equal(await two.list('user'), [])
    await one.close()
    await two.close()
  })

  test('a prefix may have slashes and colons: what is written is listed', async () => {
    for (const prefix of ['game/prod', 'game:test', 'a/b/', ':c:', 'd\\e', 'f//g', 'h*[i]?']) {
      const setting = url(`?prefix=${encodeURIComponent(prefix)}`)
      const backend = await redisBackend(setting)
      await backend.write('user', 'ann', '1')
      assert.equal(await backend.list('user'), ['ann'], prefix)
      await backend.close()
    }
  })

  test('what else the query says is an option of the client', async () => {
    const [five, none] = [
      await redisBackend(`redis://127.0.0.1:${server.port}?db=5&prefix=q`),
      await redisBackend(url('?prefix=q')),
    ]
    await five.write('user', 'ann', '1')
    assert.is(await five.read('user', 'ann'), '1')
    assert.is(await none.read('user', 'ann'), undefined)
    await five.close()
    await none.close()
  })

  test('more keys than one scan gives are listed, each once', async () => {
    const backend = await redisBackend(url('?prefix=many'))
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`)
    await Promise.all(keys.map((key) => backend.write('user', key, '1')))
    assert.equal((await backend.list('user')).sort(), keys.sort())
    await backend.close()
  })

  test('a server that goes away is an error that names the object, which is saved when it is back', async () => {
    const backend = await redisBackend(url('?prefix=away'))
    const { users, stores } = await openStores(backend)
    const ann = await users.create('ann', { visits: 3 })
    await server.stop()
    const error = await rejection<BackendError>(ann.save())
    assert.instance(error, BackendError)
    assert.match(error.message, /Cannot write redis at 127\.0\.0\.1:\d+\/0: user\/ann\. /)
    assert.equal([ann.visits, users.get('ann') === ann], [3, true])
    await server.start()
    let saved = false
    // Connecting again is ioredis's own affair; each attempt waits for it a few tries long.
    for (let i = 0; i < 50 && !saved; i++)
      saved = await ann.save().then(
        () => true,
        () => false,
      )
    assert.ok(saved)
    assert.equal(await users.keys(), ['ann'])
    await stores.close()
  })

  test('a database that the server does not have is an error, and nothing is written to another one', async () => {
    const error = await rejection<BackendError>(
      redisBackend(`redis://127.0.0.1:${server.port}/99?prefix=lost`),
    )
    assert.instance(error, BackendError)
    assert.match(error.message, /DB index is out of range/)
  })

  test('a server that hangs keeps nothing waiting for ever, and what it has not answered is an error', async () => {
    const backend = await redisBackend(url('?prefix=hangs'), { patience: 300 })
    const { users, stores } = await openStores(backend)
    const ann = await users.create('ann')
    server.freeze()
    const saving = rejection<BackendError>(ann.save())
    const closing = stores.close().catch(() => {})
    assert.match((await saving).message, /Cannot write redis at .*: user\/ann\. Command timed out/)
    await closing
    server.thaw()
  })

  test('a server that cannot be reached is an error at once, which says why and gives no password away', async () => {
    const port = server.port
    await server.stop()
    const error = await rejection(redisBackend(`redis://ann:sesame@127.0.0.1:${port}/0`))
    assert.instance(error, BackendError)
    assert.match(error.message, /Cannot reach redis at 127\.0\.0\.1:\d+\/0: .*ECONNREFUSED/)
    assert.not.match(error.message, /sesame/)
    await server.start()
  })
}

test.run()
