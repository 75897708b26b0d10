// A program that does not import mara-ts/conversation: nobody's awaits are followed in it while all goes well.
import { type Client, events, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { staged } from '../conversation/staged.js'

test('a handler whose client is asked for lines by work that was begun elsewhere is refused, or begins again', async () => {
  const done: string[] = []
  const make = (): Service<Record<string, unknown>> => {
    const waiting: Client<Record<string, unknown>>[] = []
    let wake = (): void => {}
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async function hands({ client }) {
      waiting.push(client)
      wake()
      await new Promise<void>((resolve) => client.signal.addEventListener('abort', () => resolve()))
    })
    void (async () => {
      for (;;) {
        for (const client of waiting.splice(0)) void talk(client).catch(() => {})
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    })()
    return service
  }
  const talk = async (client: Client): Promise<void> => {
    for (;;) client.write(`${done.push(await client.ask('> '))}`)
  }
  await staged(make, async ({ stage, ann }) => {
    await ann.sees('> ')
    ann.type('pay 10')
    await ann.sees('1')
    const [divergence] = await stage.preflight()
    assert.is(divergence?.handler, 'hands')
    assert.match(String(divergence?.reason), /lines are asked for by work that was begun elsewhere/)
    await stage.crash()
    await stage.settle()
    ann.type('pay 20', 'pay 30')
    await ann.sees('2')
    await ann.sees('3')
    assert.equal(done, ['pay 10', 'pay 20', 'pay 30'])
  })
})

test.run()
