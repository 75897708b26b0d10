/**
 * What the edge remembers of a client for the next worker: one line of JSON for its channel, one for its session, and one
 * for `client.state`.
 */
import type { ChannelProgress } from '../client/channel-init.js'
import { type AnyClient, channelOf } from '../client/client.js'
import { itemOf, type Secrecy, textOf } from '../client/snapshot.js'
import type { Sealer } from '../conversation/seal.js'
import type { InheritedConnection } from './edge-port.js'
import { isAboutTo, newProgress, type Progress } from './progress.js'

/** How far the client's session had come. */
interface SessionSnapshot {
  readonly id: number
  /** In milliseconds since the epoch. */
  readonly connectedAt: number
  readonly at: Progress['at']
  /** The line that was being handled; a chunk in base64. */
  readonly data?: string
  /** Its data are bytes. */
  readonly raw?: boolean
  /** A handler was waiting for a line: the user may stand behind a prompt. */
  readonly asked?: boolean
  /** It has sent no line yet. */
  readonly silent?: boolean
  readonly secrecy?: Secrecy
  /** `data` is sealed, since it was typed hidden. */
  readonly sealed?: boolean
}

/** A client that another worker has served. */
export interface SavedClient {
  readonly id: number
  readonly connectedAt: number
  readonly at: Progress['at']
  /** A handler was waiting for a line: the user may stand behind a prompt. */
  readonly asked: boolean
  /** The line that was being handled was typed hidden. */
  readonly hidden: boolean
  readonly channel: ChannelProgress
  /** Where its session goes on: what was being done is begun again. */
  readonly progress: Progress
  /** `client.state`, as `encodePlain` gave it. */
  readonly state: string
}

/** Where another process has left the session, as long as it has not gone on here; else where it is. */
function leftAt(progress: Progress): Progress['at'] {
  if (isAboutTo(progress)) return 'receive'
  return progress.at === 'new' && progress.again ? 'connect' : progress.at
}

/** @param channel the channel's snapshot as text, as it was when its input was last acknowledged. */
export function writeClient(
  client: AnyClient,
  progress: Progress,
  channel: string,
  state: string,
  { seal }: Sealer,
): string {
  const { data } = progress
  const { inbox, silent, secrecy } = channelOf(client)
  const at = leftAt(progress)
  const text = at === 'receive' && data !== undefined ? textOf(data) : undefined
  // How it was typed is known only of a line whose turn has come.
  const isHidden = inbox.sessionHidden || isAboutTo(progress)
  const session: SessionSnapshot = {
    id: client.id,
    connectedAt: client.connectedAt.getTime(),
    at,
    ...(text !== undefined && (isHidden ? { data: seal(text), sealed: true } : { data: text })),
    ...(client.raw && { raw: true }),
    ...(inbox.prompting && { asked: true }),
    ...(silent && { silent }),
    ...(secrecy && { secrecy }),
  }
  return `${channel}\n${JSON.stringify(session)}\n${state}`
}

/** A channel's snapshot as text, sealed where it may have what was typed hidden. */
export function writeChannel(client: AnyClient, { seal }: Sealer): string {
  const channel = channelOf(client)
  const text = JSON.stringify(channel.snapshot())
  return channel.secrecy === undefined ? text : JSON.stringify({ sealed: seal(text) })
}

function readChannel(text: string, { unseal }: Sealer): ChannelProgress['snapshot'] {
  const snapshot = JSON.parse(text)
  return snapshot.sealed === undefined ? snapshot : JSON.parse(unseal(snapshot.sealed))
}

/** The line of the channel's snapshot. */
export function channelIn(text: string): string {
  return text.slice(0, text.indexOf('\n'))
}

export function readClient(
  { state: text, seen, taken, lastInput }: InheritedConnection,
  sealer: Sealer,
): SavedClient {
  const [channel, session, state] = text.split('\n', 3) as [string, string, string]
  const snapshot = readChannel(channel, sealer)
  const {
    id,
    connectedAt,
    at,
    data,
    raw = false,
    asked = false,
    silent = false,
    secrecy,
    sealed = false,
  }: SessionSnapshot = JSON.parse(session)
  const progress = newProgress()
  progress.again = at === 'connect' || data !== undefined
  const begins = (at === 'new' || at === 'connect') && !snapshot.closing
  if (!begins) progress.at = 'idle'
  if (data !== undefined) progress.data = itemOf(sealed ? sealer.unseal(data) : data, raw)
  return {
    id,
    connectedAt,
    at,
    asked,
    hidden: sealed,
    channel: { snapshot, seen, taken, lastInput, silent, secrecy },
    progress,
    state,
  }
}
