/**
 * The numbers of the telnet protocol, named as in the RFCs.
 *
 * Commands are RFC 854 (EOF, SUSP, ABORT: RFC 1184; EOR: RFC 885); option codes are IANA's "Telnet Options".
 */

/** "Interpret as command": begins every telnet sequence; doubled, it is the byte 0xFF. */
export const IAC = 255
export const DONT = 254
export const DO = 253
export const WONT = 252
export const WILL = 251
/** Begins a subnegotiation: `IAC SB option … IAC SE`. */
export const SB = 250
export const GA = 249
export const EL = 248
export const EC = 247
export const AYT = 246
export const AO = 245
export const IP = 244
export const BRK = 243
export const DM = 242
export const NOP = 241
/** Ends a subnegotiation. */
export const SE = 240
export const EOR = 239
export const ABORT = 238
export const SUSP = 237
export const EOF = 236

/** The lowest byte that is a command after IAC; no lower one was ever assigned. */
export const FIRST_COMMAND = 236

export type Verb = typeof WILL | typeof WONT | typeof DO | typeof DONT

/** Codes of the built-in options. */
export const OPTION = {
  BINARY: 0,
  ECHO: 1,
  SGA: 3,
  TIMING_MARK: 6,
  TTYPE: 24,
  END_OF_RECORD: 25,
  NAWS: 31,
  NEW_ENVIRON: 39,
  CHARSET: 42,
} as const
