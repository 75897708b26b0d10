/** Runs the angel of a program as the whole of this process. */
import { loadWs } from '../transport/websocket-layer.js'
import { Angel, type AngelOptions } from './angel.js'
import { Control } from './control.js'
import { UNUSED_SIGNALS } from './signals.js'
import { workerCommand } from './worker-command.js'

/**
 * Resolves with an exit code when the service has been stopped: by SIGINT, SIGTERM or SIGQUIT (a second one ends it at once), by `mara stop`, or by
 * itself. SIGHUP restarts it. Where the first start fails the code is the program's own.
 *
 * @param file the program, as its user names it.
 * @param settings what the program finds in `process.argv`.
 * @throws AngelRunningError, SocketFolderError, ListenError: then nothing has been started.
 */
export async function runAngel(
  file: string,
  settings: readonly string[],
  options?: AngelOptions,
): Promise<number> {
  const angel = new Angel(workerCommand(file, settings), options)
  const control = await Control.listen(angel, file)
  const stop = stopper(angel)
  const report = (error: unknown): void => angel.report(error)
  const handlers: readonly (readonly [event: string, handler: (argument: unknown) => void])[] = [
    ['SIGINT', stop],
    ['SIGTERM', stop],
    ['SIGQUIT', stop],
    ['SIGHUP', restarter(angel)],
    ...UNUSED_SIGNALS.map((signal) => [signal, () => {}] as const),
    // It owns the connections: nothing that goes wrong in it may end it.
    ['uncaughtException', report],
    ['unhandledRejection', report],
  ]
  for (const [event, handler] of handlers) process.on(event, handler)
  // Now: the release that this process is from may be gone when a later one wants it.
  void loadWs()
  angel.start()
  const exitCode = await angel.whenEnded
  await control.close()
  for (const [event, handler] of handlers) process.off(event, handler)
  return exitCode
}

/** Asks politely first. Of the second signal on it is an order. */
function stopper(angel: Angel): () => void {
  let asked = false
  return () => {
    if (asked) angel.kill()
    else void angel.stop()
    asked = true
  }
}

/** A storm of signals asks once. */
function restarter(angel: Angel): () => void {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    const done = (): void => {
      asked = false
    }
    // Where it fails the angel has logged why.
    angel.restart().then(done, done)
  }
}
