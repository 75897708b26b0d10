/** Whether what a client's user types is hidden, shared by all prompts that want it so at the same time. */
import { channelOf } from '../client/client.js'
import { OPTION, type TelnetEvent } from '../telnet/index.js'
import type { LineClient } from './prompt.js'

/** One prompt's hold on it: hidden until the last hold ends. */
interface Hold {
  /** Whether the user's client is known to show what is typed all the same. */
  readonly shown: boolean
  end(): void
}

interface Hiding {
  /** What each hold does when it turns out that input is shown. */
  readonly holds: Set<() => void>
  shown: boolean
  /** Ends the watch for the client's answer. */
  unwatch: () => void
}

/** By channel: a client that comes back to its process has another one, and prompts of before never end. */
const hidings = new WeakMap<object, Hiding>()

/**
 * Hides input until the hold is ended, once; `end` is for a `finally`.
 *
 * @param onShown called when the client refuses, while the hold lasts.
 */
export function hideInput(client: LineClient, onShown: () => void): Hold {
  const channel = channelOf(client)
  const hiding = hidings.get(channel) ?? begin(client, channel)
  hiding.holds.add(onShown)
  return {
    get shown() {
      return hiding.shown
    },
    end() {
      if (!hiding.holds.delete(onShown) || hiding.holds.size > 0) return
      hidings.delete(channel)
      hiding.unwatch()
      client.showInput()
    },
  }
}

function begin(client: LineClient, channel: object): Hiding {
  const hiding: Hiding = { holds: new Set(), shown: false, unwatch: () => {} }
  hidings.set(channel, hiding)
  hiding.shown = client.hideInput() === false
  const unwatch = client.telnet?.watch((event) => answered(hiding, event))
  if (unwatch !== undefined) hiding.unwatch = unwatch
  return hiding
}

function answered(hiding: Hiding, event: TelnetEvent): void {
  if (!('option' in event) || event.option !== OPTION.ECHO || event.type === 'custom') return
  if (event.side !== 'us') return
  if (event.type === 'negotiated') {
    if (event.enabled) hiding.shown = false
  } else if (!hiding.shown) {
    hiding.shown = true
    for (const onShown of [...hiding.holds]) onShown()
  }
}
