import { leave, loop, step } from 'mara-ts/conversation'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameReader, readWorkerFrame } from '../../lib/edge/frames.js'
import { readTurn } from '../../lib/edge/turn.js'
import type { Client } from '../../lib/index.js'
import type { Stage } from '../../lib/testing/stage.js'
import { staged, talking } from './staged.js'

const test = suite('loop')

type Person = Client<Record<string, unknown>>

/** The longest that a client's journal was with the edge, in bytes. */
function watchJournal(stage: Stage): () => number {
  let longest = 0
  const reader = new FrameReader((bytes) => {
    const frame = readWorkerFrame(bytes)
    if (frame.type !== 'turn') return
    for (const record of readTurn(frame.records)) {
      if (record.type === 'journal') longest = Math.max(longest, record.keep + record.text.length)
    }
  })
  stage.onBytes = (bytes) => reader.push(bytes)
  return () => longest
}

test('10,000 lines and 20 restarts leave a journal of less than 1 KB, and no line is lost', async () => {
  const make = talking((client) =>
    loop(client, { lines: 0, sum: 0 }, (state, line) => {
      const next = { lines: state.lines + 1, sum: state.sum + Number(line) }
      if (next.lines % 500 === 0) client.write(`${next.lines} lines, ${next.sum} in all`)
      return next
    }),
  )
  await staged(make, async ({ stage, ann }) => {
    const longest = watchJournal(stage)
    for (let round = 1; round <= 20; round++) {
      for (let i = 0; i < 500; i++) ann.type('3')
      await ann.sees(`${round * 500} lines, ${round * 1_500} in all`)
      await (round % 2 === 0 ? stage.restart() : stage.crash())
    }
    assert.ok(longest() > 0 && longest() < 1_024, `${longest()} bytes`)
  })
})

test('goes on however many lines there were in one process (maxJournal)', async () => {
  const make = talking((client) =>
    loop(client, 0, async (count, line) => {
      client.write(`${line} ${count + 1} ${await client.ask('More: ')}`)
      return count + 1
    }),
  )
  const settings = { log: false, maxJournal: 10 }
  await staged(
    make,
    async ({ stage, ann }) => {
      for (let round = 0; round < 3; round++) {
        for (let i = 1; i <= 10; i++) {
          ann.type('a', 'b')
          await ann.sees(`a ${round * 10 + i} b`)
        }
        await (round % 2 === 0 ? stage.crash() : stage.restart())
      }
      ann.type('c', 'd')
      await ann.sees('c 31 d')
    },
    settings,
  )
})

test('forgets again once a loop within it is over, however long that was', async () => {
  const make = talking((client) =>
    loop(client, 0, async (count, line) => {
      if (line !== 'edit') return count + 1
      const lines = await loop(client, 0, (inner, text) => (text === '.' ? leave(inner) : inner + 1))
      client.write(`${lines} lines, ${count} before`)
      return count + 1
    }),
  )
  await staged(make, async ({ stage, ann }) => {
    ann.type('edit', 'one', 'two', '.')
    await ann.sees('2 lines, 0 before')
    const before = stage.journalLength
    for (let i = 0; i < 50; i++) ann.type('x')
    await ann.seesNothing()
    await stage.settle()
    // The count has a digit more.
    assert.ok(stage.journalLength < before + 10, `${stage.journalLength} bytes after ${before}`)
    ann.type('edit', 'one')
    await ann.seesNothing()
    await stage.crash()
    ann.type('two', 'three', '.')
    await ann.sees('3 lines, 51 before')
  })
})

test('goes on in the middle of a round', async () => {
  const make = talking((client) =>
    loop(client, 0, async (count, line) => {
      client.write(`${line} and ${await client.ask('More: ')} is ${count + 1}`)
      return count + 1
    }),
  )
  await staged(make, async ({ stage, ann }) => {
    ann.type('a', 'b', 'c')
    await ann.sees('a and b is 1', 'More: ')
    await stage.crash()
    ann.type('d')
    await ann.sees('c and d is 2')
  })
})

test('ends where a round says so, and what comes after it is a conversation like any other', async () => {
  const make = talking(async (client) => {
    const name = await client.ask('Name: ')
    const count = await loop(client, 0, (count, line) => (line === 'stop' ? leave(count) : count + 1))
    const last = await client.ask('Last: ')
    for (;;) client.write(`${name} ${count} ${last} ${await client.nextLine()}`)
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('ann', 'x', 'y')
    await stage.restart()
    ann.type('stop')
    await ann.sees('Last: ')
    await stage.crash()
    ann.type('z')
    await stage.restart()
    ann.type('end')
    await ann.sees('ann 2 z end')
  })
})

test('two loops, one after another and one within another, each have their own state', async () => {
  const make = talking(async (client) => {
    const sum = await loop(client, 0, async (outer, line) => {
      if (line === 'stop') return leave(outer)
      const inner = await loop(client, 0, (count, more) =>
        more === '.' ? leave(count) : count + Number(more),
      )
      client.write(`${line}: ${inner}, ${outer + inner}`)
      return outer + inner
    })
    await loop(client, sum, (count, line) => {
      client.write(`then ${count} ${line}`)
      return count + 1
    })
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('a', '1', '2')
    await stage.crash()
    ann.type('.', 'b', '10')
    await ann.sees('a: 3, 3')
    await stage.restart()
    ann.type('.', 'stop', 'x')
    await ann.sees('b: 10, 13', 'then 13 x')
    await stage.crash()
    ann.type('y')
    await ann.sees('then 14 y')
  })
})

test('while somebody waits beside it, nothing is forgotten', async () => {
  const make = talking(async (client) => {
    const other = new AbortController()
    const beside = client.nextLine({ signal: other.signal }).catch((error: Error) => error.name)
    await client.nextLine()
    const sum = await loop(client, 0, (count, line) => {
      client.write(`${count} ${line}`)
      return line === 'stop' ? leave(count) : count + 1
    })
    other.abort()
    client.write(`${await beside} ${sum}`)
    await client.nextLine()
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('first', 'second', 'a', 'b')
    await ann.sees('1 b')
    await stage.crash()
    ann.type('stop')
    await ann.sees('2 stop', 'first 2')
  })
})

test('what was begun before it and ends beside it is not forgotten: a step is not done again, and a line not taken again', async () => {
  for (const replace of ['crash', 'restart'] as const) {
    const done: string[] = []
    let finish: (() => void) | undefined
    const make = talking(async (client) => {
      const charging = step('charge', async ({ again }) => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        done.push(again ? 'again' : 'once')
        return 'paid'
      })
      void charging.then(async (result) => {
        client.write(result)
        client.write(await step('send the receipt', () => `receipt ${done.push('receipt')}`))
      })
      void client.nextLine().then((line) => client.write(`side ${line}`))
      await loop(client, 0, (count, line) => {
        client.write(`loop ${line} ${count}`)
        return count + 1
      })
    })
    await staged(make, async ({ stage, ann }) => {
      ann.type('a', 'b')
      await ann.sees('side a', 'loop b 0')
      finish?.()
      await ann.sees('receipt 2')
      ann.type('c')
      await ann.sees('loop c 1')
      ann.type('d')
      await ann.sees('loop d 2')
      const { length } = ann.seen
      for (let time = 0; time < 2; time++) {
        await stage[replace]()
        await stage.settle()
        finish?.()
        ann.type('e')
        await ann.sees(`loop e ${3 + time}`)
      }
      assert.equal(done, ['once', 'receipt'])
      assert.is(ann.seen.slice(length), 'loop e 3\nloop e 4\n')
    })
  }
})

test('what ended beside it, and a loop before it that failed, do not keep it from forgetting', async () => {
  let givenUp = new AbortController()
  const beside: Record<string, (client: Person) => unknown> = {
    'a step': () => void step('log the visit', () => 'done'),
    'a wait that was given up': (client) => {
      const { signal } = givenUp
      void client.nextLine({ signal }).catch(() => {})
    },
    'a loop that failed': async (client) => {
      const failing = loop(client, 0, () => {
        throw new Error('on purpose')
      })
      await failing.catch(() => client.write('failed'))
    },
  }
  for (const [what, begin] of Object.entries(beside)) {
    givenUp = new AbortController()
    const make = talking(async (client) => {
      await begin(client)
      await loop(client, 0, (count, line) => {
        client.write(`${line} ${count}`)
        return count + 1
      })
    })
    await staged(make, async ({ stage, ann }) => {
      if (what === 'a loop that failed') {
        ann.type('x')
        await ann.sees('failed')
      }
      givenUp.abort()
      await stage.settle()
      const longest = watchJournal(stage)
      for (let round = 0; round < 4; round++) {
        for (let i = 0; i < 200; i++) ann.type('a')
        await ann.sees(`a ${round * 200 + 199}`)
        await (round % 2 === 0 ? stage.crash() : stage.restart())
      }
      assert.ok(longest() > 0 && longest() < 1_024, `${what}: ${longest()} bytes`)
    })
  }
})

test('gives the last state when the client has gone', async () => {
  const states: unknown[] = []
  const make = talking(async (client) => {
    states.push(await loop(client, 0, (count) => count + 1))
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('a', 'b')
    await stage.crash()
    await ann.leave()
    while (states.length === 0) await stage.settle()
  })
  assert.equal(states, [2])
})

test.run()
