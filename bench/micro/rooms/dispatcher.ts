/** From an event to its handlers. */
import type { Room } from '../case.js'

const EVENTS = 200

export const dispatcher: Room = {
  name: 'dispatcher',
  unit: 'event',
  async cases(load) {
    const { Dispatcher } = (await load(
      'runtime/dispatcher.js',
    )) as typeof import('../../../lib/runtime/dispatcher.js')
    const { Event } = (await load('events/index.js')) as typeof import('../../../lib/events/index.js')
    const { Handler } = (await load('events/handler.js')) as typeof import('../../../lib/events/handler.js')
    class Base extends Event {}
    class Said extends Base {}
    let calls = 0
    class Steps extends Handler {
      handler_10_one(): void {}
      handler_20_two(): void {
        calls += 1
      }
    }
    const dispatch = (name: string, handlers: readonly unknown[]) => {
      const own = new Dispatcher()
      handlers.forEach((handler, i) => {
        own.listen(i % 2 === 0 ? Said : Base, handler)
      })
      return {
        name,
        units: EVENTS,
        async run() {
          calls = 0
          for (let i = 0; i < EVENTS; i++) {
            const pending = own.dispatch(new Said(), [])
            if (pending !== undefined) await pending
          }
          return calls / handlers.length
        },
      }
    }
    const plain = (): void => void calls++
    const isAsync = async (): Promise<void> => void calls++
    return [
      dispatch('a function', [plain]),
      dispatch('an async function', [isAsync]),
      dispatch('four async functions', [isAsync, isAsync, isAsync, isAsync]),
      dispatch('a class of two steps', [Steps]),
    ]
  },
}
