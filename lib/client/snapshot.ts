/**
 * A client as plain data, for another process to go on with. All of it is JSON.
 */

/** A connection. What is unread and unsent is there after a hand-over, and not after a crash. */
export interface ChannelSnapshot {
  /** When the peer last sent something, in milliseconds since the epoch. */
  readonly lastInput: number
  /** It has sent no line yet. */
  readonly silent?: boolean
  /** The name of its protocol, and what that gave. */
  readonly protocol: string
  readonly protocolState?: unknown
  /** Lines, or chunks in base64. */
  readonly unread?: readonly string[]
  /** Bytes in base64. */
  readonly unsent?: string
  /** It is to be closed as soon as that is sent. */
  readonly closing?: boolean
  /** What its user types is hidden; or only the next line and what is unread may have been typed so. */
  readonly hidden?: 'input' | 'line'
}

export interface ClientSnapshot extends ChannelSnapshot {
  readonly id: number
  readonly secure?: boolean
  /** In milliseconds since the epoch. */
  readonly connectedAt: number
}

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
