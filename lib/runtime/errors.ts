/** Errors of a service's own methods. */
import { MaraError } from '../errors.js'

/** Where a service is in its life. */
export type ServiceStatus = 'stopped' | 'starting' | 'running' | 'stopping'

/** A call that does not fit where the service is in its life, such as a second `start()`. */
export class ServiceStatusError extends MaraError {
  readonly code = 'MARA_SERVICE_STATUS'

  readonly status: ServiceStatus

  constructor(call: string, status: ServiceStatus, advice: string) {
    super(`${call} was called while the service is ${status}. ${advice}`)
    this.status = status
  }
}

/** The connection given to `accept` exceeds a limit on connections. It was told why and closed. */
export class ServiceFullError extends MaraError {
  readonly code = 'MARA_SERVICE_FULL'

  constructor() {
    super(
      'accept() was given a connection that exceeds a limit; the connection was told why and closed. ' +
        'See the settings maxConnections, maxConnectionsPerAddress and maxConnectionRate.',
    )
  }
}

/** A call or a setting needs an angel, and none is running. */
export class NoAngelError extends MaraError {
  readonly code = 'MARA_NO_ANGEL'

  constructor(what: string) {
    super(`${what} needs an angel, and none watches over this service. Start it with \`mara angel FILE\`.`)
  }
}

/** A program under an angel has started a service while it had one already. */
export class SecondServiceError extends MaraError {
  readonly code = 'MARA_SECOND_SERVICE'

  constructor() {
    super(
      'An angel looks after one service in a process, and this process has one already. ' +
        'Give that service more servers (`servers` of start()), run the second one as a program of its own, ' +
        'or make it with { standalone: true }: then its clients are disconnected when the process ends.',
    )
  }
}

/** The new process did not get ready. The message says why, and which process serves now. */
export class RestartFailedError extends MaraError {
  readonly code = 'MARA_RESTART_FAILED'

  /** What went wrong with the new process. */
  readonly reason: string

  constructor(reason: string) {
    super(`The restart failed: ${reason}`)
    this.reason = reason
  }
}
