/** The client's end of a connection; programs import it from the core. */
export { type ConnectOptions, type ConnectTarget, connect } from './connect.js'
export { Connection } from './connection.js'
export { ExpectError, type ExpectFailure, LoginError, TlsConnectError } from './errors.js'
export type { LoginOptions } from './login.js'
export type { Found, Pattern } from './pattern.js'
export type { TerminalInfo } from './telnet-options.js'
