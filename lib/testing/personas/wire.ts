/**
 * A telnet connection as a client has it. It shares no code with the telnet of services: a client that did would make the
 * same mistakes. What it reads is told in order, what it sends is put together by hand.
 */
import type { Duplex } from 'node:stream'
import { IAC, SB, SE, WILL } from '../../telnet/index.js'

/** What a wire tells of. */
export interface WireOwner {
  text(bytes: Buffer): void
  negotiation(verb: number, option: number): void
  subnegotiation(option: number, payload: Buffer): void
  command(code: number): void
  ended(): void
}

/** How a persona reads and writes telnet. */
export interface Wire {
  text(bytes: string | Uint8Array): void
  negotiate(verb: number, option: number): void
  subnegotiate(option: number, payload: string): void
  command(code: number): void
  end(): void
  destroy(): void
}

export type MakeWire = (socket: Duplex, owner: WireOwner) => Wire

/** RFC 854 and 855 as short as can be. */
export const plainWire: MakeWire = (socket, owner) => {
  let pending: number[] = []
  let text: number[] = []
  const flush = (): void => {
    if (text.length > 0) owner.text(Buffer.from(text))
    text = []
  }
  socket.on('data', (chunk) => {
    for (const byte of chunk) {
      if (pending.length === 0 && byte !== IAC) {
        text.push(byte)
        continue
      }
      pending.push(byte)
      const rest = sequence(pending)
      if (rest === 'more') continue
      if (rest === 'escaped') text.push(IAC)
      else {
        flush()
        tell(pending, owner)
      }
      pending = []
    }
    flush()
  })
  socket.on('error', () => {})
  // A client that is told goodbye says it, too.
  socket.on('end', () => socket.end())
  socket.on('close', () => owner.ended())
  return {
    text: (bytes) => void socket.write(bytes),
    negotiate: (verb, option) => void socket.write(Uint8Array.of(IAC, verb, option)),
    subnegotiate: (option, payload) => {
      const body = Buffer.from(payload.replaceAll('\xff', '\xff\xff'), 'latin1')
      socket.write(Buffer.concat([Uint8Array.of(IAC, SB, option), body, Uint8Array.of(IAC, SE)]))
    },
    command: (code) => void socket.write(Uint8Array.of(IAC, code)),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}

/** Whether the bytes from an IAC on are a whole sequence. */
function sequence(bytes: readonly number[]): 'more' | 'escaped' | 'whole' {
  const [, second] = bytes
  if (second === undefined) return 'more'
  if (second === IAC) return 'escaped'
  if (second >= WILL) return bytes.length === 3 ? 'whole' : 'more'
  if (second !== SB) return 'whole'
  if (bytes.length < 5 || bytes.at(-1) !== SE) return 'more'
  let marks = 0
  while (bytes.at(-2 - marks) === IAC) marks += 1
  return marks % 2 === 1 ? 'whole' : 'more'
}

function tell([, second = 0, option = 0, ...rest]: readonly number[], owner: WireOwner): void {
  if (second >= WILL) owner.negotiation(second, option)
  else if (second !== SB) owner.command(second)
  else {
    const payload = Buffer.from(rest.slice(0, -2)).toString('latin1').replaceAll('\xff\xff', '\xff')
    owner.subnegotiation(option, Buffer.from(payload, 'latin1'))
  }
}
