/**
 * A console for administrators: what `service.console()` loads. The subpath `mara-ts/console`, for its types; a program
 * that opens a console imports nothing.
 */
import { type ConsoleOptions, type ConsoleView, ServiceConsole } from './console.js'
import type { Target } from './target.js'

export type { ConsoleOptions, ServiceConsole } from './console.js'

/** Opens a console of a service that runs; otherwise it opens when the service has started. See `Service.console`. */
export async function openConsole(
  target: Target,
  options: ConsoleOptions,
  view: ConsoleView,
): Promise<ServiceConsole> {
  const console = new ServiceConsole(target, options, view)
  if (target.status !== 'running') return console
  try {
    await console.open()
  } catch (error) {
    await console.close()
    throw error
  }
  return console
}
