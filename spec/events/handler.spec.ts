import { events, Handler, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryInUse } from '../support/gc.js'

class Ping extends events.Event<{ trace: string[] }> {}

/** Triggers a Ping at a handler, and gives the trace. */
async function traceOf(handler: (new () => Handler) | Handler, ...args: unknown[]): Promise<string[]> {
  const service = new Service()
  service.listen(Ping, handler)
  return (await service.trigger(new Ping({ trace: [] }), ...args)).trace
}

class Flow extends Handler<Ping> {
  handler_20_second({ trace }: Ping): void {
    trace.push('second')
  }

  async handler_10_first({ trace }: Ping): Promise<void> {
    await null
    trace.push('first')
  }

  // biome-ignore lint/correctness/useYield: a step may be a generator that asks for nothing
  *handler_30_third({ trace }: Ping): Generator {
    trace.push('third')
  }

  helper(): void {
    throw new Error('only methods named handler_... are steps')
  }
}

test('steps run in the order of their names, whatever kind of function they are (rule 8)', async () => {
  assert.equal(await traceOf(Flow), ['first', 'second', 'third'])
})

test('a step that puts itself back into the queue leaves nothing behind, however often (rule 8)', async () => {
  let rounds = 0
  let kept = 0
  let before = 0
  class Menu extends Handler<Ping> {
    async handler_1(): Promise<void> {
      if (rounds === 1_000) before = await memoryInUse()
      if (rounds === 101_000) kept = (await memoryInUse()) - before
      rounds += 1
      if (rounds <= 101_000) this.handlers.unshift(this.handler_1)
    }
  }
  await traceOf(Menu)
  assert.ok(kept < 2_000_000, `${kept} bytes are kept`)
})

test('inherited steps run with added and overridden ones (rule 8)', async () => {
  class Longer extends Flow {
    override handler_20_second({ trace }: Ping): void {
      trace.push('other second')
    }

    handler_15_between({ trace }: Ping): void {
      trace.push('between')
    }
  }
  assert.equal(await traceOf(Longer), ['first', 'between', 'other second', 'third'])
})

test('names are compared by code unit, not by number', async () => {
  class Numbered extends Handler<Ping> {
    handler_9({ trace }: Ping): void {
      trace.push('9')
    }

    handler_10({ trace }: Ping): void {
      trace.push('10')
    }
  }
  assert.equal(await traceOf(Numbered), ['10', '9'])
})

test('steps get the event and the arguments of trigger, and find the event on this (rule 8)', async () => {
  class Told extends Handler<Ping> {
    handler_1(event: Ping, word: string, count: number): void {
      event.trace.push(word, String(count), String(this.event === event))
    }
  }
  assert.equal(await traceOf(Told, 'hello', 3), ['hello', '3', 'true'])
})

test('the queue of steps still to run can be edited and replaced (rule 8)', async () => {
  class Edited extends Flow {
    handler_00_edit(event: Ping): void {
      const [first, , third] = this.handlers
      assert.is(this.handlers.length, 3)
      assert.is(this.getHandlers().length, 4)
      this.handlers = [third, first, () => event.trace.push('extra')] as typeof this.handlers
    }
  }
  assert.equal(await traceOf(Edited), ['third', 'first', 'extra'])
})

test('stop() empties the queue, also after an await (rule 8)', async () => {
  class Stopping extends Flow {
    async handler_15_stop(event: Ping): Promise<void> {
      await null
      event.stop()
    }
  }
  assert.equal(await traceOf(Stopping), ['first'])
})

test('getHandlers can be overridden', async () => {
  class Backwards extends Flow {
    override getHandlers() {
      return super.getHandlers().reverse()
    }
  }
  assert.equal(await traceOf(Backwards), ['third', 'second', 'first'])
})

test.run()
