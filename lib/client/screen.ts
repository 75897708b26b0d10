/** How lines look to a peer: what its protocol, its encoding and its terminal make of them. */
import type { ProtocolConnection } from '../protocol/index.js'
import { type Terminal, TerminalFacts } from '../telnet/index.js'
import { isStyled, type Rendering, render, type Styled } from '../text/styles/index.js'
import { encode, type Screen } from './format.js'

/** The terminal of a peer that speaks no telnet. */
const UNKNOWN: Terminal = new TerminalFacts()

/** What is known of the peer's terminal. */
export function terminalOf(protocol: ProtocolConnection): Terminal {
  return protocol.telnet?.terminal ?? UNKNOWN
}

/** What decides how a styled line looks. */
function screenOf(protocol: ProtocolConnection): Screen {
  const { colours, columns } = terminalOf(protocol)
  return { depth: colours, columns }
}

/** Everything on which the bytes of a line depend: all clients with the same key get the same bytes. */
export function wireKey({ protocol, encoding, telnet }: ProtocolConnection): string {
  return `${protocol.name} ${encoding} ${telnet === undefined ? '' : 'telnet'}`
}

/** Everything on which the bytes of a styled line depend. */
export function screenKey(protocol: ProtocolConnection): string {
  const { depth, columns } = screenOf(protocol)
  return `${wireKey(protocol)} ${depth} ${columns}`
}

/** A line of styled text as it goes out. */
export function formatStyled(
  protocol: ProtocolConnection,
  line: Styled | Rendering,
  newline: boolean,
): string {
  const screen = screenOf(protocol)
  return protocol.format(isStyled(line) ? render(line, screen) : line.render(screen), newline)
}

/** Text as it goes out. Whoever has put a ÿ into it must not speak telnet to the peer by that. */
export function bytesFor(protocol: ProtocolConnection, text: string): Uint8Array {
  const { encoding } = protocol
  const bytes = encode(text, encoding)
  // Bytes of UTF-8 are never 0xFF.
  return encoding === 'utf-8' ? bytes : escapeFor(protocol, bytes)
}

/** Bytes as they go out: telnet gives 0xFF a meaning. */
export function escapeFor({ telnet }: ProtocolConnection, bytes: Uint8Array): Uint8Array {
  return telnet?.escape(bytes) ?? bytes
}
