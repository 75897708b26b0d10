import { events, InvalidEventClassError, InvalidHandlerError, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

function refusal(listen: (service: Service) => unknown): Error {
  try {
    listen(new Service())
  } catch (error) {
    return error as Error
  }
  throw new Error('it was taken')
}

test('what is refused is shown: a function by its name, anything else in short', () => {
  const noEvents: [value: unknown, shown: string][] = [
    [() => undefined, 'a nameless function'],
    [Map, 'the function or class Map'],
    ['Connect', "'Connect'"],
    [{ deep: { deeper: 1 } }, '{ deep: [Object] }'],
  ]
  for (const [value, shown] of noEvents) {
    const error = refusal((service) => service.listen(value as never, () => undefined))
    assert.instance(error, InvalidEventClassError)
    assert.is(
      error.message,
      `listen() takes an event class first, but got ${shown}; pass events.Event or a class that extends it.`,
    )
  }
  const error = refusal((service) => service.listen(events.Connect, 5 as never))
  assert.instance(error, InvalidHandlerError)
  assert.match(error.message, 'listen(Connect, ...) got 5 as its handler; pass a function')
})

test.run()
