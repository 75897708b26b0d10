/**
 * The examples as services of a spec: loaded anew each time, as a new process would load them, and not run. The program is
 * the one that users run, to the last line.
 */
import { pathToFileURL } from 'node:url'
import { Service, type StartOptions } from 'mara-ts'
import { built, ROOT } from './node.js'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

export interface Example {
  readonly service: AnyService
  /** What it wants to be run with. */
  readonly options: StartOptions
}

export interface ExampleOptions {
  /** What it does by the clock; nothing of it, unless said otherwise. */
  readonly timers?: boolean
}

let loads = 0

/** @param path of the program, from the folder of the examples. */
export async function loadExample(path: string, { timers = false }: ExampleOptions = {}): Promise<Example> {
  const { run, timer } = Service.prototype
  let service: AnyService | undefined
  let options: StartOptions = {}
  Service.prototype.run = async function (this: AnyService, given: StartOptions = {}) {
    service = this
    options = given
  } as never
  if (!timers) Service.prototype.timer = (() => undefined) as never
  loads += 1
  try {
    const file = pathToFileURL(ROOT + built(`examples/${path}`))
    await import(`${file.href}?load=${loads}`)
  } finally {
    Object.assign(Service.prototype, { run, timer })
  }
  if (service === undefined) throw new Error(`examples/${path} runs no service`)
  return { service, options }
}
