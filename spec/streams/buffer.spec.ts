import fc from 'fast-check'
import { InvalidOptionError } from 'mara-ts'
import { BufferFullError } from 'mara-ts/streams'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BoundedBuffer, type WhenFull } from '../../lib/streams/buffer.js'
import { rejection, turns } from '../support/service.js'
import { drain } from './sources.js'

function buffer(whenFull: WhenFull, limit = 2) {
  const log = { closed: 0, dropped: [] as number[] }
  const made = new BoundedBuffer<number>({
    limit,
    whenFull,
    onClose: () => {
      log.closed += 1
    },
    onDrop: (item) => log.dropped.push(item),
  })
  return { buffer: made, log }
}

test('wait: whoever pushes waits for room, and order is kept', async () => {
  const { buffer: items, log } = buffer('wait')
  const admitted: number[] = []
  for (let item = 1; item <= 5; item += 1) void items.push(item)?.then(() => admitted.push(item))
  assert.is(items.size, 5)
  await turns()
  assert.equal(admitted, [])
  assert.is((await items.next()).value, 1)
  await turns()
  assert.equal(admitted, [3])
  items.end()
  assert.equal((await drain(items)).items, [2, 3, 4, 5])
  assert.equal(admitted, [3, 4, 5])
  assert.equal(log, { closed: 1, dropped: [] })
})

test('drop-oldest: the newest are there, and what went is told', async () => {
  const { buffer: items, log } = buffer('drop-oldest')
  for (let item = 1; item <= 5; item += 1) assert.is(items.push(item), undefined)
  items.end()
  assert.equal(await drain(items), { items: [4, 5] })
  assert.equal(log, { closed: 1, dropped: [1, 2, 3] })
})

test('error: what was there comes, then the error, then the end', async () => {
  const { buffer: items, log } = buffer('error')
  for (let item = 1; item <= 3; item += 1) items.push(item)
  assert.is(log.closed, 1, 'nobody fills it any more')
  const { items: read, error } = await drain(items)
  assert.equal(read, [1, 2])
  assert.instance(error, BufferFullError)
  assert.is((error as BufferFullError).limit, 2)
  assert.is((await items.next()).done, true)
  assert.equal(log, { closed: 1, dropped: [3] })
})

test('what a waiting reader is given waits no longer: the limit is for what comes behind it', async () => {
  const given = async (whenFull: WhenFull, count: number, limit: number) => {
    const { buffer: items, log } = buffer(whenFull, limit)
    const reading = drain(items)
    await turns()
    for (let item = 1; item <= count; item += 1) void items.push(item)
    await turns()
    items.end()
    return { ...(await reading), dropped: log.dropped }
  }
  assert.equal(await given('drop-oldest', 2, 1), { items: [1, 2], dropped: [] })
  assert.equal(await given('drop-oldest', 4, 1), { items: [1, 4], dropped: [2, 3] })
  assert.equal(await given('drop-oldest', 5, 2), { items: [1, 4, 5], dropped: [2, 3] })
  assert.equal(await given('error', 2, 1), { items: [1, 2], dropped: [] })
  const tooMany = await given('error', 3, 1)
  assert.equal([tooMany.items, tooMany.dropped], [[1, 2], [3]])
  assert.instance(tooMany.error, BufferFullError)
  const { buffer: items } = buffer('wait', 1)
  void items.next()
  await turns()
  assert.equal([items.push(1), items.push(2)], [undefined, undefined], 'nobody waits while there is room')
})

test('a reader that has just been given an item is not idle, and is once it asks again', async () => {
  const { buffer: items } = buffer('wait')
  const next = items.next()
  await turns()
  void items.push(1)
  let isIdle = false
  void items.idle().then(() => {
    isIdle = true
  })
  await next
  await turns()
  assert.not.ok(isIdle)
  void items.next()
  await turns()
  assert.ok(isIdle)
})

test('two waits at once are served in their order', async () => {
  const { buffer: items } = buffer('wait')
  const waits = [items.next(), items.next(), items.next()]
  items.push(1)
  items.push(2)
  items.end()
  assert.equal(
    (await Promise.all(waits)).map(({ value }) => value),
    [1, 2, undefined],
  )
})

test('an end keeps what is there, an error comes behind it', async () => {
  const { buffer: items } = buffer('wait')
  const reason = new Error('over')
  for (const item of [1, 2, 3]) void items.push(item)
  items.end({ reason })
  assert.equal(await drain(items), { items: [1, 2, 3], error: reason })
})

test('leaving drops what is there, frees whoever waits, and a wait that is under way ends', async () => {
  for (const leave of ['return', 'abort'] as const) {
    const { buffer: items, log } = buffer('wait')
    const waiting = items.push(1) ?? items.push(2) ?? items.push(3)
    if (leave === 'return') await items.return()
    else items.abort(new Error('enough'))
    await waiting
    await turns()
    assert.equal(log.dropped.sort(), [1, 2, 3])
    items.push(4)
    assert.equal(log, { closed: 1, dropped: [1, 2, 3, 4] })

    const { buffer: empty } = buffer('wait')
    const next = empty.next()
    await turns()
    if (leave === 'return') {
      await empty.return()
      assert.is((await next).done, true)
    } else {
      empty.abort(new Error('enough'))
      assert.match(String(await rejection(next)), 'enough')
      assert.is((await empty.next()).done, true)
    }
  }
})

test('a limit that is lifted keeps nobody waiting', async () => {
  const { buffer: items } = buffer('wait', 1)
  void items.push(1)
  const waiting = items.push(2)
  items.lift()
  await waiting
  assert.is(items.push(3), undefined)
  items.end()
  assert.equal((await drain(items)).items, [1, 2, 3])
})

test('an item that is forced comes behind those that wait, however full it is', async () => {
  const { buffer: items } = buffer('wait', 1)
  void items.push(1)
  void items.push(2)
  items.force(3)
  items.end()
  assert.equal((await drain(items)).items, [1, 2, 3])
})

test('values that are nothing are items, too', async () => {
  const items = new BoundedBuffer<unknown>({ limit: 9, whenFull: 'drop-oldest' })
  for (const item of [undefined, null, 0, '']) items.push(item)
  items.end()
  assert.equal((await drain(items)).items, [undefined, null, 0, ''])
})

test('a limit or a policy that is none is refused', () => {
  for (const limit of [0, -1, Number.NaN]) {
    assert.throws(
      () => buffer('wait', limit),
      (error: unknown) => error instanceof InvalidOptionError,
    )
  }
  assert.throws(() => buffer('never' as 'wait'), /whenFull/)
})

test('whatever is pushed and read, order is kept, the bound holds, and every item is read or dropped', async () => {
  const steps = fc.array(fc.constantFrom('push', 'read'), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom<WhenFull>('wait', 'drop-oldest', 'error'),
      async (actions, limit, whenFull) => {
        const { buffer: items, log } = buffer(whenFull, limit)
        const reads: Promise<IteratorResult<number, undefined>>[] = []
        let pushed = 0
        for (const action of actions) {
          if (action === 'read') reads.push(items.next().catch(() => ({ done: true, value: undefined })))
          else {
            pushed += 1
            void items.push(pushed)
          }
          await turns(1)
          if (whenFull !== 'wait') assert.ok(items.size <= limit)
        }
        items.end()
        const read = (await Promise.all(reads)).flatMap(({ value }) => value ?? [])
        read.push(...(await drain(items)).items)
        assert.equal(
          read,
          [...read].sort((a, b) => a - b),
        )
        assert.equal(
          [...read, ...log.dropped].sort((a, b) => a - b),
          Array.from({ length: pushed }, (_, index) => index + 1),
        )
      },
    ),
    { numRuns: 60 },
  )
})

test.run()
