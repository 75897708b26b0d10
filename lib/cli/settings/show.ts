/**
 * Shows a program's settings. The program runs up to where its service would start, and is shown there (see
 * inspection.ts).
 */
import { type Inspected, inspecting } from '../../inspection.js'
import { describeFailure, exitCodeOf } from '../../program/failure.js'
import { loadProgram } from '../../program/load.js'
import { describeProblem, readCommandLine } from '../../settings/index.js'
import { formatTable } from '../../text/table.js'
import type { Io } from '../io.js'

const PATIENCE_MS = 1000

/** @returns the exit code. */
export async function showSettings(file: string, settings: readonly string[], io: Io): Promise<number> {
  const { report, forget } = watch(file, settings, io)
  const load = loadProgram(file, settings).catch((error) => {
    // What is wrong with it is told; that it has started nothing goes without saying.
    forget()
    throw error
  })
  return Promise.race([report, load.then(() => report)])
}

interface Watch {
  /** Resolves with an exit code when every service that was to start has been shown. */
  readonly report: Promise<number>
  /** It is not waited for any longer. */
  readonly forget: () => void
}

function watch(file: string, settings: readonly string[], io: Io): Watch {
  const waiting = setTimeout(() => {
    io.stderr.write(`Waiting for ${file} to start a service...\n`)
  }, PATIENCE_MS).unref()
  const onExit = (): void => {
    // It was asked for its help, and gave it.
    if (readCommandLine(settings).help) return
    io.stderr.write(`${file} ended without starting a service: there are no settings to show.\n`)
    process.exitCode = 1
  }
  process.once('exit', onExit)

  const forget = (): void => {
    clearTimeout(waiting)
    process.off('exit', onExit)
  }
  const report = new Promise<number>((resolve) => {
    let open = 0
    let code = 0
    inspecting(async (gather) => {
      open += 1
      forget()
      try {
        show(await gather(), io)
      } catch (error) {
        io.stderr.write(describeFailure(error))
        code = exitCodeOf(error)
      }
      open -= 1
      // A program may start several services at once, of which one has more to read than another.
      if (open === 0) resolve(code)
      return new Promise<never>(() => {})
    })
  })
  return { report, forget }
}

function show(inspected: Inspected, { stdout, stderr }: Io): void {
  for (const warning of inspected.warnings) stderr.write(`${describeProblem(warning)}\n`)
  const rows = inspected.list().map(({ name, value, origin }) => [name, value, origin])
  stdout.write(formatTable(['Setting', 'Value', 'From'], rows, 1, stdout))
}
