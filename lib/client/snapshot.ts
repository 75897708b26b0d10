/**
 * A client as plain data, for another process to go on with. All of it is JSON.
 */

/** A connection at a moment. */
export interface ChannelSnapshot {
  /** The name of its protocol, and what that gave. */
  readonly protocol: string
  readonly protocolState?: unknown
  /** Lines that nobody had read, or chunks in base64. */
  readonly unread?: readonly string[]
  /** It is to be closed as soon as all that it is owed is sent. */
  readonly closing?: boolean
}

/** What of a client's input no log may show: all that comes, or the next line and what is unread. */
export type Secrecy = 'input' | 'line'

/** A line, or bytes in base64. */
export function textOf(item: string | Uint8Array): string {
  return typeof item === 'string'
    ? item
    : Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('base64')
}

/** The item that `textOf` made text of. */
export function itemOf(text: string, raw: boolean): string | Uint8Array {
  return raw ? new Uint8Array(Buffer.from(text, 'base64')) : text
}
