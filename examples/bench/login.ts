/** A script for `mara bench`: logs in, says something now and then, and leaves. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Script } from 'mara-ts/bench'

const script: Script = async (peer, { ask, measure, id, random, signal }) => {
  await peer.expect('name: ')
  await ask(`user${id}`, { label: 'login', until: 'Welcome' })
  for (let said = 0; said < 10; said += 1) {
    await ask(`hello ${said}`, { label: 'say', until: `hello ${said}` })
    await pause(10 + random() * 50, undefined, { signal })
  }
  await measure('quit', async () => {
    peer.write('/quit')
    await peer.expect('Goodbye')
  })
}

export default script
