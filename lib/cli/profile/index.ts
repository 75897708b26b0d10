/** `mara run --profile`: profiles this process from now to its end, and then writes the profile and says what is in it. */
import { writeFileSync } from 'node:fs'
import { findSourceMap } from 'node:module'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { localTime } from '../../text/local-time.js'
import type { Io } from '../io.js'
import { attribute } from './attribution.js'
import { startProfiling } from './profiler.js'
import { type Locate, profileReport } from './report.js'

/** Of this copy of the package; the program may have another one. */
const OWN = new URL('../../', import.meta.url).href

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** @param file the program's, which the profile is named after. */
export function profileToTheEnd(file: string, { stderr }: Io): void {
  const profiling = startProfiling()
  // `chat.20260301-140509.cpuprofile`
  const timestamp = localTime(new Date()).replaceAll(/[-:]/g, '').replace(' ', '-')
  const name = `${path.parse(file).name}.${timestamp}.cpuprofile`
  // Whatever ends the process: the program, an error, the end of all work. Only SIGKILL leaves no profile.
  process.once('exit', () => {
    const { profile, handlers } = profiling.stop()
    const attribution = attribute(profile, handlers, isMara)
    const locate = locator(new Map(profile.nodes.map(({ callFrame }) => [callFrame.scriptId, callFrame.url])))
    stderr.write(`\n${profileReport(attribution, locate, stderr)}`)
    try {
      writeFileSync(name, JSON.stringify(profile))
      stderr.write(`\nThe whole profile is in ${name}. Chrome's developer tools and VS Code open it.\n`)
    } catch (error) {
      stderr.write(`\nThe profile could not be written: ${(error as Error).message}\n`)
      process.exitCode ||= 1
    }
  })
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // A signal that nobody else handles ends a process without that event.
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal])
    })
  }
}

function isMara(url: string): boolean {
  return url.startsWith(OWN) || url.includes('/node_modules/mara-ts/')
}

/** Places in sources, also where the program was compiled on its way. */
function locator(urls: ReadonlyMap<string, string>): Locate {
  return ({ scriptId, lineNumber, columnNumber }) => {
    const url = urls.get(scriptId)
    if (!url?.startsWith('file:')) return undefined
    const entry = findSourceMap(url)?.findEntry(lineNumber, columnNumber)
    const line = entry !== undefined && 'originalLine' in entry ? entry.originalLine : lineNumber
    return `${path.relative('.', fileURLToPath(url))}:${line + 1}`
  }
}
