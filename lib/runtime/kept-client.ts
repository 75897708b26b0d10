/** How a client is kept with the guardian: a line of JSON for what the library knows, a tab, one for `client.state`. */
import { type AnyClient, channelOf } from '../client/client.js'
import { type ClientSnapshot, itemOf, textOf } from '../client/snapshot.js'
import { connectionKey, type Guardian } from './guardian.js'
import { encodePlain, type Names } from './plain-data.js'
import { newProgress, type Progress } from './session.js'

export interface KeptClient extends ClientSnapshot {
  readonly raw: boolean
  /** Where its session stood. */
  readonly at: Progress['at']
  /** The line that was being handled; a chunk in base64. */
  readonly data?: string
  /** A handler was waiting for a line: the user may stand behind a prompt. */
  readonly asked?: boolean
  /** It has left already: nothing of it is left but what it is owed. */
  readonly over?: boolean
}

export interface KeepClientOptions {
  readonly connection: number
  readonly client: AnyClient
  readonly progress: Progress
  /** For a process that goes on where this one stops, and not for one that comes after a crash. */
  readonly whole: boolean
  readonly names: Names
  /** Told of what in `client.state` will not come back. */
  readonly problem: (place: string, why: string) => void
}

export function keepClient(guardian: Guardian, options: KeepClientOptions): void {
  const { connection, client, progress, whole, names, problem } = options
  const { at, data } = progress
  const channel = channelOf(client)
  const kept: { -readonly [Name in keyof KeptClient]: KeptClient[Name] } = {
    ...(whole ? channel.save() : channel.snapshot()),
    id: client.id,
    connectedAt: client.connectedAt.getTime(),
    raw: client.raw,
    ...(client.secure && { secure: true }),
    at,
  }
  if (at === 'receive' && data !== undefined) kept.data = textOf(data)
  if (channel.inbox.awaited) kept.asked = true
  if (at === 'disconnect' || at === 'over') kept.over = true
  const key = connectionKey(connection)
  const facts = JSON.stringify(kept)
  const state = encodePlain(client.state, names, problem)
  if (guardian.keep(key, `${facts}\t${state}`)) return
  problem('', `it takes more than there is room for: ${state.length} characters`)
  guardian.keep(key, `${facts}\t{}`)
}

export function readClient(text: string): { saved: KeptClient; state: string } {
  const tab = text.indexOf('\t')
  return { saved: JSON.parse(text.slice(0, tab)), state: text.slice(tab + 1) }
}

/**
 * Without what fits only to the moment at which it was kept. Nobody knows whether the line that was being handled is
 * what brought the crash about, so it is not handled again.
 */
export function afterCrash(saved: KeptClient): KeptClient {
  const { unread: _, unsent: __, closing: ___, data: ____, ...rest } = saved
  return rest
}

/** Where the session goes on. */
export function progressOf({ at, data, raw, closing, over }: KeptClient): Progress {
  const progress = newProgress()
  if (over) {
    progress.at = 'over'
    return progress
  }
  if ((at === 'new' || at === 'connect') && !closing) return progress
  progress.at = 'idle'
  if (data !== undefined) progress.data = itemOf(data, raw)
  return progress
}
