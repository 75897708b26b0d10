/**
 * What the edge remembers of a client for the next worker: a line of JSON for its channel, one for its session, one for
 * `client.state`.
 */
import { type AnyClient, channelOf } from '../client/client.js'
import { type ChannelSnapshot, type ClientSnapshot, itemOf, textOf } from '../client/snapshot.js'
import { newProgress, type Progress } from './session.js'

/** How far the client's session had come. */
interface SessionSnapshot {
  readonly id: number
  readonly connectedAt: number
  readonly at: Progress['at']
  /** The line that was being handled; a chunk in base64. */
  readonly data?: string
  /** A handler was waiting for a line: the user may stand behind a prompt. */
  readonly asked?: boolean
}

export interface ClientState {
  readonly saved: ClientSnapshot & SessionSnapshot
  /** `client.state`, as `encodePlain` gave it. */
  readonly state: string
}

/** @param channel the channel's snapshot as text, as it was when its input was last acknowledged. */
export function writeClient(client: AnyClient, progress: Progress, channel: string, state: string): string {
  const { at, data } = progress
  const session: { -readonly [Name in keyof SessionSnapshot]: SessionSnapshot[Name] } = {
    id: client.id,
    connectedAt: client.connectedAt.getTime(),
    at,
  }
  if (at === 'receive' && data !== undefined) session.data = textOf(data)
  if (channelOf(client).inbox.awaited) session.asked = true
  return `${channel}\n${JSON.stringify(session)}\n${state}`
}

export function readClient(text: string): ClientState {
  const [channel, session, state] = text.split('\n', 3) as [string, string, string]
  return {
    saved: { ...(JSON.parse(channel) as ChannelSnapshot), ...(JSON.parse(session) as SessionSnapshot) },
    state,
  }
}

/** Where the session goes on: what was being done is begun again. */
export function progressOf({ saved }: ClientState): Progress {
  const progress = newProgress()
  const { at, data, closing } = saved
  progress.again = at === 'connect' || data !== undefined
  if ((at === 'new' || at === 'connect') && !closing) return progress
  progress.at = 'idle'
  if (data !== undefined) progress.data = itemOf(data, saved.protocol === 'bytes')
  return progress
}
