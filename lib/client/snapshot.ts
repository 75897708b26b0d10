/**
 * A client as plain data, for another process to go on with. All of it is JSON.
 */
import type { LineProtocolState } from './line-protocol.js'

/** A connection's. What is unread and unsent is only there where it was handed over, and not after a crash. */
export interface ChannelSnapshot {
  /** When the peer last sent something, in milliseconds since the epoch. */
  readonly lastInput: number
  readonly protocol?: LineProtocolState
  /** Lines, or chunks in base64. */
  readonly unread?: readonly string[]
  /** Bytes in base64. */
  readonly unsent?: string
  /** It is to be closed as soon as that is sent. */
  readonly closing?: boolean
}

export interface ClientSnapshot extends ChannelSnapshot {
  readonly id: number
  /** In milliseconds since the epoch. */
  readonly connectedAt: number
  readonly raw: boolean
}

/** A line, or bytes in base64. */
export function textOf(item: string | Uint8Array): string {
  return typeof item === 'string'
    ? item
    : Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('base64')
}

/** What `textOf` gave, as it was: bytes in raw mode, else a line. */
export function itemOf(text: string, raw: boolean): string | Uint8Array {
  return raw ? new Uint8Array(Buffer.from(text, 'base64')) : text
}

/** Leaves out what fits only to the very next byte: after a crash nobody knows which that is. */
export function withoutHalves({ splitter, telnet, ...rest }: LineProtocolState): LineProtocolState {
  const whole = { ...splitter, bytes: '', dropping: false }
  if (telnet === undefined) return { splitter: whole, ...rest }
  const { decoder: _, ...agreed } = telnet
  return { splitter: whole, telnet: agreed, ...rest }
}
