import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeletedError, ExistsError, NotSavedError } from '../../lib/storage/index.js'
import { gatedBackend } from './support/gated.js'
import { openStores, rejection, User } from './support/people.js'

const test = suite('storage repository')

const visitsIn = (text: string | undefined) => JSON.parse(text ?? '{}').visits

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A saved user `ann`, active, and the gate that the back end's operations go through. */
async function savedAnn() {
  const gated = gatedBackend()
  const { stores, users } = await openStores(gated)
  const ann = await users.create('ann')
  await ann.save()
  return { stores, users, ann, gated, text: () => gated.read('user', 'ann') }
}

test('loads of one key at once give one object, read once', async () => {
  const gated = gatedBackend()
  const { users } = await openStores(gated)
  await gated.write('user', 'ann', '{}')
  gated.closeGate()
  const loads = [
    users.load('ann'),
    users.load('ANN'),
    users.ref('ann').load(),
    users.load('ann', { activate: false }),
  ]
  await gated.next()
  assert.equal(gated.waiting, [])
  const [first, ...others] = await Promise.all(loads)
  assert.instance(first, User)
  for (const other of others) assert.is(other, first)
})

test('two saves of one object at once end as the later one', async () => {
  const { ann, gated, text } = await savedAnn()
  gated.closeGate()
  ann.visits = 1
  const first = ann.save()
  await turn()
  assert.equal(gated.waiting, ['write user/ann'])
  ann.visits = 2
  const second = ann.save()
  await gated.next()
  await first
  assert.equal(gated.waiting, ['write user/ann'], 'the second write begins when the first is over')
  await gated.next()
  await second
  gated.openGate()
  assert.is(visitsIn(await text()), 2)
})

test('a save writes the fields as they were when it was asked for', async () => {
  const { ann, text } = await savedAnn()
  ann.visits = 1
  const saving = ann.save()
  ann.visits = 2
  await saving
  assert.is(visitsIn(await text()), 1)
})

test('saves that wait for another share one write, of the latest state', async () => {
  const { stores, ann, gated, text } = await savedAnn()
  gated.closeGate()
  let saves = 0
  stores.onSave(() => saves++)
  const all = []
  for (let i = 1; i <= 100; i++) {
    ann.visits = i
    all.push(ann.save())
    if (i === 1) await turn()
  }
  await gated.next()
  await gated.next()
  await Promise.all(all)
  assert.equal(gated.waiting, [])
  assert.is(saves, 2)
  gated.openGate()
  assert.is(visitsIn(await text()), 100)
})

test('a save that fails leaves the object as it is, and the next one works', async () => {
  const { users, ann, gated, text } = await savedAnn()
  gated.closeGate()
  ann.visits = 5
  const failing = rejection(ann.save())
  await gated.next(new Error('the disk is full'))
  assert.is((await failing).message, 'the disk is full')
  assert.is(ann.visits, 5)
  assert.is(users.get('ann'), ann)
  gated.openGate()
  await ann.save()
  assert.is(visitsIn(await text()), 5)
})

test('aborting a save only stops the waiting: the write is finished', async () => {
  const { users, ann, gated, text } = await savedAnn()
  gated.closeGate()
  const controller = new AbortController()
  const saving = rejection(ann.save({ signal: controller.signal }))
  controller.abort()
  assert.is((await saving).name, 'AbortError')
  gated.openGate()
  await users.load('ann')
  assert.is(visitsIn(await text()), 0)
})

test('a signal that has aborted already keeps everything from beginning', async () => {
  const { users, ann, text } = await savedAnn()
  const signal = AbortSignal.abort(new Error('enough'))
  ann.visits = 5
  const attempts = [
    ann.save({ signal }),
    ann.load({ signal }),
    ann.delete({ signal }),
    users.create('bob', {}, { signal }),
    users.load('bob', { signal }),
    users.keys({ signal }),
  ]
  for (const attempt of attempts) assert.is((await rejection(attempt)).message, 'enough')
  assert.is(visitsIn(await text()), 0)
  assert.is(users.get('bob'), undefined)
})

test('no save comes after a delete', async () => {
  const { users, ann, gated, text } = await savedAnn()
  gated.closeGate()
  const before = ann.save()
  await turn()
  const deleting = ann.delete()
  const after = rejection(ann.save())
  gated.openGate()
  await Promise.all([before, deleting])
  assert.instance(await after, DeletedError)
  assert.instance(await rejection(ann.save()), DeletedError)
  assert.instance(await rejection(ann.load()), DeletedError)
  assert.match((await rejection(ann.save())).message, /user\/ann was deleted/)
  assert.is(await text(), undefined)
  assert.is(users.get('ann'), undefined)
})

test('a save that is asked for after a delete joins none from before it', async () => {
  for (const byKey of [false, true]) {
    const { users, ann, text } = await savedAnn()
    const before = ann.save()
    const deleting = byKey ? users.delete('ann') : ann.delete()
    const after = rejection(ann.save())
    await Promise.all([before, deleting])
    assert.instance(await after, DeletedError)
    assert.is(await text(), undefined)
  }
})

test('saves on both sides of a delete that fails are two writes, and the later one shares with those behind it', async () => {
  const { ann, gated, text } = await savedAnn()
  gated.closeGate()
  const before = ann.save()
  const failing = rejection(ann.delete())
  ann.visits = 1
  const after = ann.save()
  await gated.next()
  await before
  ann.visits = 2
  const last = ann.save()
  await gated.next(new Error('the server is away'))
  assert.is((await failing).message, 'the server is away')
  await gated.next()
  await Promise.all([after, last])
  assert.equal(gated.waiting, [])
  gated.openGate()
  assert.is(visitsIn(await text()), 2)
})

test('deleting an object again does not touch one that has its key by now', async () => {
  const { users, ann, text } = await savedAnn()
  await ann.delete()
  const next = await users.create('ann')
  await next.save()
  await ann.delete()
  assert.ok(await text())
  assert.is(users.get('ann'), next)
})

test('a delete that fails leaves the object active and able to be saved', async () => {
  const { users, ann, gated } = await savedAnn()
  gated.closeGate()
  const failing = rejection(ann.delete())
  await gated.next(new Error('the server is away'))
  assert.is((await failing).message, 'the server is away')
  assert.is(users.get('ann'), ann)
  gated.openGate()
  await ann.save()
})

test('loading an object puts its saved fields back, those that were not there among them, and no session field', async () => {
  const { ann } = await savedAnn()
  ann.visits = 9
  ann.home = ann.ref as never
  ann.here = true
  await ann.load()
  assert.equal([ann.visits, ann.home, ann.here], [0, undefined, true])
})

test('loading an object of which nothing is saved is refused by name', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann')
  const error = await rejection(ann.load())
  assert.instance(error, NotSavedError)
  assert.match(error.message, /user\/ann/)
})

test('of creates of one key at once, one succeeds', async () => {
  const { users } = await openStores()
  const results = await Promise.allSettled([users.create('ann'), users.create('ANN'), users.create('ann')])
  assert.is(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const result of results) if (result.status === 'rejected') assert.instance(result.reason, ExistsError)
})

test('an object that is not active and unchanged follows the disk, and is the same object', async () => {
  const { users, ann } = await savedAnn()
  const { backend } = users.stores
  users.release(ann)
  await backend.write('user', 'ann', '{"visits":7,"note":"by hand"}')
  assert.is(await users.load('ann'), ann)
  assert.is(ann.visits, 7)
  await ann.save()
  assert.match((await backend.read('user', 'ann')) ?? '', /by hand/)
})

test('an object that was read and not changed is known to be saved: it follows the disk, each time it is read', async () => {
  const { stores, users, backend } = await openStores()
  await backend.write('user', 'ann', '{"visits":1}')
  const ann = await users.load('ann')
  for (const visits of [2, 3]) {
    assert.not.ok('saved' in (stores.snapshot().objects[0] ?? {}), 'as it was read, so as it is saved')
    users.release(ann as User)
    await backend.write('user', 'ann', `{"visits":${visits}}`)
    assert.is(await users.load('ann'), ann)
    assert.is(ann?.visits, visits)
  }
})

test('an object is known to be saved as soon as its first save is done, and not when that has failed', async () => {
  const gated = gatedBackend()
  const { stores, users } = await openStores(gated)
  const savedOf = () => stores.snapshot().objects.map(({ saved }) => saved)
  const ann = await users.create('ann')
  assert.equal(savedOf(), [null])
  gated.closeGate()
  const failing = rejection(ann.save())
  await gated.next(new Error('the disk is full'))
  await failing
  assert.equal(savedOf(), [null])
  gated.openGate()
  await ann.save()
  assert.equal(savedOf(), [undefined])
  ann.visits = 1
  assert.is(visitsIn(savedOf()[0] ?? undefined), 0)
})

test('an object that is not active and changed keeps its changes when it is loaded', async () => {
  const { users, ann } = await savedAnn()
  users.release(ann)
  ann.visits = 3
  assert.is(await users.load('ann'), ann)
  assert.is(ann.visits, 3)
})

test('an object that holds what cannot be saved counts as changed: loading it does not undo that in silence', async () => {
  const { users, ann } = await savedAnn()
  users.release(ann)
  ann.visits = Number.NaN
  assert.is(await users.load('ann'), ann)
  assert.ok(Number.isNaN(ann.visits))
})

test('an object that changes while the disk is read keeps its changes', async () => {
  const { users, ann, gated } = await savedAnn()
  users.release(ann)
  gated.closeGate()
  const loading = users.load('ann')
  await turn()
  ann.visits = 3
  gated.openGate()
  assert.is(await loading, ann)
  assert.is(ann.visits, 3)
})

test('an object whose file was taken away cannot be saved over one that was created since', async () => {
  const { users, ann, text } = await savedAnn()
  users.release(ann)
  await users.stores.backend.remove('user', 'ann')
  assert.is(await users.load('ann'), undefined)
  const next = await users.create('ann', { visits: 5 })
  await next.save()
  assert.instance(await rejection(ann.save()), DeletedError)
  assert.is(visitsIn(await text()), 5)
})

test('an object of which the first save has failed ends when it is released', async () => {
  const gated = gatedBackend()
  const { users } = await openStores(gated)
  const ann = await users.create('ann')
  gated.closeGate()
  const failing = rejection(ann.save())
  await gated.next(new Error('the disk is full'))
  await failing
  gated.openGate()
  users.release(ann)
  assert.instance(await rejection(ann.save()), DeletedError)
})

test('an object that is released while its first save is under way is saved', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann', { visits: 4 })
  const saving = ann.save()
  users.release(ann)
  await saving
  assert.is((await users.load('ann'))?.visits, 4)
})

test.run()
