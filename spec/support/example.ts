/**
 * The examples as services of a spec: loaded anew each time, as a new process would load them, and not run. The program is
 * the one that users run, to the last line.
 */
import { Service } from 'mara-ts'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

export interface Example {
  readonly service: AnyService
  /** What it does by the clock, in the order in which it says so. Nothing of it is done by itself. */
  readonly timers: readonly { readonly when: object; readonly run: () => unknown }[]
}

let loads = 0

/** @param path of the program, from the folder of the examples. */
export async function loadExample(path: string): Promise<Example> {
  const { run, timer } = Service.prototype
  const timers: { when: object; run: () => unknown }[] = []
  let service: AnyService | undefined
  Service.prototype.run = async function (this: AnyService) {
    service = this
  } as never
  Service.prototype.timer = ((when: object, fn: () => unknown) => {
    timers.push({ when, run: fn })
  }) as never
  loads += 1
  try {
    await import(new URL(`../../examples/${path}?load=${loads}`, import.meta.url).href)
  } finally {
    Object.assign(Service.prototype, { run, timer })
  }
  if (service === undefined) throw new Error(`examples/${path} runs no service`)
  return { service, timers }
}
