/** A service under an edge in memory, and somebody who talks to it. */
import { type Client, events, Service } from 'mara-ts'
import { connectTo, type Player } from 'mara-ts/testing'
import { type Clock, systemClock } from '../../lib/clock.js'
import { Stage } from '../../lib/testing/stage.js'

export type Talk = (
  client: Client<Record<string, unknown>>,
  service: Service<Record<string, unknown>>,
) => unknown

/** A service whose only handler is `talk`, in a process of its own each time. */
export const talking =
  (talk: Talk, clock: Clock = systemClock): (() => Service<Record<string, unknown>>) =>
  () => {
    const service = new Service<Record<string, unknown>>({ clock })
    service.listen(events.Connect, async function talks({ client }) {
      await talk(client, service)
    })
    return service
  }

export interface Talked {
  readonly stage: Stage
  readonly ann: Player
}

export async function staged(
  make: () => Service<Record<string, unknown>>,
  body: (talked: Talked) => Promise<void>,
  settings: object = { log: false },
): Promise<void> {
  const stage = new Stage(make as never, settings)
  await stage.start()
  try {
    await body({ stage, ann: await connectTo(stage, { name: 'ann', telnet: false }) })
  } finally {
    await stage.stop()
  }
}
