/**
 * Work that a handler begins and nobody awaits ends with its client, in an error that nobody handles. Node would end the
 * process then: whoever hangs up would take everybody else along. So a service that runs the process logs it instead.
 */
import { ClientDisconnectedError } from '../client/errors.js'
import { noteFault } from '../conversation/context.js'
import { TimeoutError } from '../errors.js'

const FLAG = '--unhandled-rejections'

type Tell = (error: Error) => void

/** One for each service that runs; the first of them is told, since an error may be of any. */
const tells = new Set<Tell>()

function onRejection(reason: unknown): void {
  if (reason instanceof ClientDisconnectedError || reason instanceof TimeoutError) {
    const [tell] = tells
    tell?.(reason)
  } else if (process.listenerCount('unhandledRejection') === 1) {
    noteFault(reason)
    throw reason
  }
}

/**
 * From now on, errors by which a peer ends a wait do not end the process, wherever they are left. Any other error ends it as
 * before, unless the program has a listener of its own.
 *
 * @param tell is given each of them.
 * @returns a function after which it is told of none.
 */
export function surviveStrays(tell: Tell): () => void {
  // Somebody has said how Node is to treat them.
  const isChosen = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((word) => word.includes(FLAG))
  // For as long as the process lives: what ends with the clients of a service comes just after its stop, too.
  if (!isChosen && !process.listeners('unhandledRejection').includes(onRejection)) {
    process.on('unhandledRejection', onRejection)
  }
  tells.add(tell)
  return () => void tells.delete(tell)
}
