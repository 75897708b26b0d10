/** Why a server can't listen, or a connection can't be made. */
import { MaraError } from '../errors.js'

/** The address can't be used: it does not exist, is not permitted, or its name is unknown. */
export class ListenError extends MaraError {
  readonly code = 'MARA_LISTEN'

  /** The system's code, such as EACCES. */
  readonly systemCode: string | undefined

  constructor(where: string, cause: NodeJS.ErrnoException, hint: string) {
    super(`Can't listen on ${where}: ${cause.message}. ${hint}`, { cause })
    this.systemCode = cause.code
  }
}

/** Another program, or another service in this program, already listens on the address. */
export class AddressInUseError extends MaraError {
  readonly code = 'MARA_ADDRESS_IN_USE'

  constructor(where: string, hint: string, cause?: unknown) {
    super(`Can't listen on ${where}: another server listens there already. ${hint}`, { cause })
  }
}

/** For a server that serves a service already, and was given to another one. */
export function inUseByItself(server: { toString(): string }): AddressInUseError {
  return new AddressInUseError(
    String(server),
    'It is this very server, which serves another service of this program: make one for each.',
  )
}

/** The files of a TLS certificate can't be read, or hold none that can be used. */
export class CertificateError extends MaraError {
  readonly code = 'MARA_CERTIFICATE'

  constructor(problem: string, hint: string, cause?: Error) {
    super(`${problem}${cause === undefined ? '' : `: ${cause.message}`}. ${hint}`, { cause })
  }
}

/** `connect` got no answer. */
export class ConnectError extends MaraError {
  readonly code: string = 'MARA_CONNECT'

  readonly systemCode: string | undefined

  constructor(where: string, cause: NodeJS.ErrnoException) {
    super(`Can't connect to ${where}: ${cause.message}. Is a service running there?`, { cause })
    this.systemCode = cause.code
  }
}

/** `accept` was given something other than a Duplex stream of bytes. */
export class InvalidDuplexError extends MaraError {
  readonly code = 'MARA_INVALID_DUPLEX'

  constructor(problem: string) {
    super(`accept() takes a Node Duplex stream of bytes, but ${problem}.`)
  }
}

/** The folder of a program's own sockets belongs to somebody else, or others may enter it, or it can't be had at all. */
export class SocketFolderError extends MaraError {
  readonly code = 'MARA_SOCKET_FOLDER'

  constructor(
    folder: string,
    problem: string,
    advice = 'Remove it, or set XDG_RUNTIME_DIR to a folder of your own.',
  ) {
    super(`The folder of control sockets and consoles can't be used: ${folder} ${problem}. ${advice}`)
  }
}
