/** Telnet as a client speaks it: it asks for nothing, agrees to what helps, and refuses all else. */
import { charset, OPTION, type TelnetOption, TelnetSettings, timingMark } from '../telnet/index.js'

/** What is told to a service that asks for the terminal. */
export interface TerminalInfo {
  /** The terminal's name; 'dumb' unless said otherwise, so that services leave out colours. */
  readonly type?: string | undefined
  /** 80 unless said otherwise. */
  readonly columns?: number | undefined
  /** 24 unless said otherwise. */
  readonly rows?: number | undefined
}

const IS = 0
const SEND = 1

export function clientTelnet({ type = 'dumb', columns = 80, rows = 24 }: TerminalInfo = {}): TelnetSettings {
  const name = Uint8Array.of(IS, ...Buffer.from(type.slice(0, 40), 'latin1'))
  const size = Uint8Array.of(columns >> 8, columns & 0xff, rows >> 8, rows & 0xff)
  const options: TelnetOption[] = [
    // A service that echoes: it hides a password, or shows what was typed.
    { code: OPTION.ECHO, name: 'ECHO', us: 'refuse', them: 'accept' },
    { code: OPTION.SGA, name: 'SGA', us: 'accept', them: 'accept' },
    { code: OPTION.BINARY, name: 'BINARY', us: 'accept', them: 'accept' },
    { code: OPTION.END_OF_RECORD, name: 'END-OF-RECORD', us: 'refuse', them: 'accept' },
    {
      code: OPTION.TTYPE,
      name: 'TERMINAL-TYPE',
      us: 'accept',
      them: 'refuse',
      subnegotiation(payload, context) {
        if (payload[0] === SEND) context.reply(name)
      },
    },
    {
      code: OPTION.NAWS,
      name: 'NAWS',
      us: 'accept',
      them: 'refuse',
      onEnable(side, context) {
        if (side === 'us') context.reply(size)
      },
    },
    { ...charset, us: 'refuse', them: 'accept' },
    timingMark,
  ]
  return new TelnetSettings({ options, opening: [] })
}
