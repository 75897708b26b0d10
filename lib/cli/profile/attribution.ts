/**
 * Whose time it was: from a CPU profile to the time of each handler, and of everything else. Pure.
 *
 * A handler that goes on after an `await` stands at the root of the stack again, and is known by its place in its file. A
 * function that it awaits, and that goes on after an `await` of its own, has nobody above it any more: its time is told
 * under its own name.
 */
import type { Profiler } from 'node:inspector'

/** Where a function begins, as the profile says it: lines and columns from 0 on. */
export interface Place {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber: number
}

export interface ProfiledHandler {
  readonly name: string
  /** Its functions: of a class, every method. */
  readonly places: readonly Place[]
}

/** Times are in microseconds. */
export interface Spent {
  /** In its own code. */
  self: number
  /** With everything that it called. */
  total: number
}

export interface Attribution {
  readonly handlers: ReadonlyMap<ProfiledHandler, Spent>
  /** Functions of the program that no handler called, by their frames. */
  readonly functions: ReadonlyMap<string, { readonly frame: Frame; readonly spent: Spent }>
  /** Time outside of all handlers and functions above. */
  readonly rest: Readonly<Record<Rest, number>>
  /** All time that was looked at. What the profiler needed to begin is not in it. */
  readonly duration: number
}

/** Who else has time: Mara, Node with its own modules, packages, the collection of garbage, nobody. */
export type Rest = 'mara' | 'node' | 'packages' | 'garbage' | 'idle'

type Frame = Profiler.ProfileNode['callFrame']

function placeKey({ scriptId, lineNumber, columnNumber }: Place): string {
  return `${scriptId}:${lineNumber}:${columnNumber}`
}

/** @param isMara whether a module's URL is one of Mara's. */
export function attribute(
  profile: Profiler.Profile,
  handlers: readonly ProfiledHandler[],
  isMara: (url: string) => boolean,
): Attribution {
  const owners = new Map<string, ProfiledHandler>()
  for (const handler of handlers) {
    // A method that two classes inherit is the first one's.
    for (const place of handler.places) if (!owners.has(placeKey(place))) owners.set(placeKey(place), handler)
  }
  const times = timesOf(profile)
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const spent = new Map(handlers.map((handler) => [handler, { self: 0, total: 0 }]))
  const functions = new Map<string, { frame: Frame; spent: Spent }>()
  const rest: Record<Rest, number> = { mara: 0, node: 0, packages: 0, garbage: 0, idle: 0 }

  /** `running`: the handlers above, each once. `above`: the function of the program that stands above all others. */
  interface Visit {
    readonly id: number
    readonly running: readonly ProfiledHandler[]
    readonly above: Spent | undefined
    readonly kind: Rest
  }
  // With a list and not by recursion: a stack may be as deep as the program's own.
  const visits: Visit[] = profile.nodes
    .slice(0, 1)
    .map(({ id }) => ({ id, running: [], above: undefined, kind: 'node' }))
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const node = nodes.get(visit.id)
    if (node === undefined) continue
    const { callFrame } = node
    const self = times.get(node.id) ?? 0
    const owner = owners.get(placeKey(callFrame))
    const isNew = owner !== undefined && !visit.running.includes(owner)
    const running = isNew ? [...visit.running, owner] : visit.running
    let { above } = visit
    const kind = kindOf(callFrame, isMara) ?? visit.kind
    if (owner !== undefined) (spent.get(owner) as Spent).self += self
    for (const handler of running) (spent.get(handler) as Spent).total += self
    if (running.length === 0) {
      const isProgram = kind === 'program'
      if (isProgram && above === undefined) {
        const known = functions.get(placeKey(callFrame)) ?? { frame: callFrame, spent: { self: 0, total: 0 } }
        functions.set(placeKey(callFrame), known)
        known.spent.self += self
        above = known.spent
      }
      if (above !== undefined) above.total += self
      else rest[kind as Rest] += self
    }
    for (const id of node.children ?? [])
      visits.push({ id, running, above, kind: kind === 'program' ? 'node' : kind })
  }
  const duration = [...times.values()].reduce((sum, time) => sum + time, 0)
  return { handlers: spent, functions, rest, duration }
}

/** Microseconds in each node itself. */
function timesOf({
  samples = [],
  timeDeltas = [],
  startTime,
  endTime,
}: Profiler.Profile): Map<number, number> {
  const times = new Map<number, number>()
  const last = endTime - timeDeltas.reduce((sum, delta) => sum + delta, startTime)
  samples.forEach((id, i) => {
    // A sample's time is that until the next one. Clocks of several cores may disagree by a little.
    const time = Math.max(0, timeDeltas[i + 1] ?? last)
    times.set(id, (times.get(id) ?? 0) + time)
  })
  return times
}

/** Undefined for what belongs to its caller, such as functions of the language. */
function kindOf(
  { functionName, url }: Frame,
  isMara: (url: string) => boolean,
): Rest | 'program' | undefined {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage'
  if (url === '') return undefined
  if (url.startsWith('node:')) return 'node'
  if (isMara(url)) return 'mara'
  return url.includes('/node_modules/') ? 'packages' : 'program'
}
