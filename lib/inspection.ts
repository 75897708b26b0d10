/**
 * What the `mara` command tells a program that it loads: to show its settings in place of starting, and under which
 * name it runs.
 *
 * The command may come from another copy of this package than the program's, such as a global one. They share no
 * module then, so what they say to each other goes through the global object.
 */
import type { Problem, SettingRow } from './settings/index.js'

/** What an inspector sees of a service. Rows are fit to be printed: no secret is in them. */
export interface Inspected {
  readonly warnings: readonly Problem[]
  list(): SettingRow[]
}

/**
 * Takes the place of a start. `gather` collects the service's settings and rejects with what is wrong with them.
 * The promise never settles: a program that is looked at goes no further than its start.
 */
type Inspector = (gather: () => Promise<Inspected>) => Promise<never>

/** Told of what programs register as handlers, and of the classes that their factories make. */
export type HandlerWatch = (handler: unknown) => void

interface Shared {
  inspector?: Inspector | undefined
  command?: string | undefined
  stacks?: boolean
  handlers?: HandlerWatch
}

const key = Symbol.for('mara-ts.inspection')

function shared(): Shared {
  const holder = globalThis as { [key]?: Shared }
  holder[key] ??= {}
  return holder[key]
}

/** Asked by a service that is about to start: who wants to see it instead; undefined where it may start. */
export function inspection(): Inspector | undefined {
  return shared().inspector
}

/** From now on services are shown to `inspector`, and do not start. Returns a function that ends this. */
export function inspecting(inspector: Inspector): () => void {
  shared().inspector = inspector
  return () => {
    shared().inspector = undefined
  }
}

/** How the program was started, as its user would type it again, without the settings: `mara run chat.ts`. */
export function launchCommand(): string {
  return shared().command ?? `node ${process.argv[1] ?? ''}`
}

/** Says how the program is being started. */
export function launchedBy(command: string): void {
  shared().command = command
}

/** Whether errors are to be told with their stacks, whoever tells them. */
export function showsStacks(): boolean {
  return shared().stacks === true
}

/** Said by a program that is started with `--debug`. */
export function showStacks(): void {
  shared().stacks = true
}

/** Asked where handlers are registered: who wants to know of them; undefined where nobody does. */
export function handlerWatch(): HandlerWatch | undefined {
  return shared().handlers
}

/** From now on `watch` is told of handlers. */
export function watchHandlers(watch: HandlerWatch): void {
  shared().handlers = watch
}
