/**
 * Work that a handler begins and nobody awaits ends with its client, in an error that nobody handles. Node would end the
 * process then: whoever hangs up would take everybody else along. So a service that runs the process logs it instead.
 */
import { ClientDisconnectedError } from '../client/errors.js'
import { TimeoutError } from '../errors.js'

const FLAG = '--unhandled-rejections'

/**
 * From now on, errors by which a peer ends a wait do not end the process, wherever they are left. Any other error ends it as
 * before, unless the program has a listener of its own.
 *
 * @param tell is given each of them.
 * @returns a function that ends this.
 */
export function surviveStrays(tell: (error: Error) => void): () => void {
  // Somebody has said how Node is to treat them.
  if ([...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((word) => word.includes(FLAG)))
    return () => {}
  const onRejection = (reason: unknown): void => {
    if (reason instanceof ClientDisconnectedError || reason instanceof TimeoutError) tell(reason)
    else if (process.listenerCount('unhandledRejection') === 1) throw reason
  }
  process.on('unhandledRejection', onRejection)
  return () => void process.off('unhandledRejection', onRejection)
}
