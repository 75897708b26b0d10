/** What went wrong for clients, by kind: how often, when, and the first ones of each kind in their own words. */
import { ClientDisconnectedError } from '../client/errors.js'
import { ExpectError, TlsConnectError } from '../connect/errors.js'
import { messageOf, TimeoutError } from '../errors.js'
import { ConnectError } from '../transport/errors.js'

/** Where in a client's life it was. */
export type Phase = 'connect' | 'conversation'

/** The first failures of a kind, in one process. */
const KEPT = 3
/** Kinds that scripts may make up by their errors; those beyond are told as one. */
const MAX_KINDS = 40
const OTHER = 'other errors of the script'
/** Characters. */
const SHOWN = 300

export interface Example {
  readonly client: number
  /** Milliseconds since the ramp's end. */
  readonly at: number
  readonly message: string
  /** What the service had sent last; undefined where it had sent nothing. */
  readonly said?: string | undefined
}

export interface Failures {
  readonly phase: Phase
  /** `refused`, `timed out`, `closed by the service`, or a script's error by its class and message. */
  readonly kind: string
  readonly count: number
  /** Milliseconds since the ramp's end. */
  readonly first: number
  readonly last: number
  readonly examples: readonly Example[]
}

/** By the system's code. */
const CONNECT_KINDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timed out',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  ENOENT: 'no such socket',
  ENOTSOCK: 'no such socket',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EMFILE: 'no file descriptors left here',
  ENFILE: 'no file descriptors left here',
  EADDRNOTAVAIL: 'no local ports left here',
}

/** Kinds that are this machine's own doing. */
export const OWN_KINDS: readonly string[] = ['no file descriptors left here', 'no local ports left here']

/** @param reset the system's code of what broke the connection, where it said one. */
export function kindOf(phase: Phase, error: unknown, reset: string | undefined): string {
  if (error instanceof TlsConnectError) return 'no TLS'
  if (error instanceof ConnectError) {
    const code = error.systemCode ?? ''
    if (/^Unexpected server response/.test((error.cause as Error)?.message)) return 'no WebSocket'
    return CONNECT_KINDS[code] ?? `could not connect${code === '' ? '' : ` (${code})`}`
  }
  if (error instanceof TimeoutError) return 'timed out'
  if (error instanceof ExpectError && error.failure === 'timeout') return 'expected text did not come'
  if (error instanceof ExpectError && error.failure === 'too-much') return 'too much came without an end'
  if (error instanceof ClientDisconnectedError || error instanceof ExpectError) {
    return reset === undefined ? 'closed by the service' : (CONNECT_KINDS[reset] ?? `broken (${reset})`)
  }
  const name = error instanceof Error ? error.name : typeof error
  return `${phase === 'connect' ? 'could not connect' : 'script'}: ${name}: ${firstLine(error)}`
}

function firstLine(error: unknown): string {
  return cut(messageOf(error).split('\n', 1)[0] as string, 120)
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

/** Counts failures, and adds up what others have counted. */
export class FailureCount {
  readonly #all = new Map<string, Failures>()

  add(phase: Phase, kind: string, error: unknown, example: Omit<Example, 'message'>): void {
    const { at, said } = example
    const message = cut(messageOf(error), SHOWN)
    const examples = [{ ...example, message, ...(said !== undefined && { said: cut(said, SHOWN) }) }]
    this.#merge({ phase, kind, count: 1, first: at, last: at, examples }, KEPT)
  }

  /** @param kept examples of each kind. */
  addAll(failures: readonly Failures[], kept: number): void {
    for (const one of failures) this.#merge(one, kept)
  }

  #merge(more: Failures, kept: number): void {
    const name = `${more.phase} ${more.kind}`
    const isNew = !this.#all.has(name)
    const kind = isNew && this.#all.size >= MAX_KINDS ? OTHER : more.kind
    const key = `${more.phase} ${kind}`
    const before = this.#all.get(key)
    this.#all.set(key, {
      phase: more.phase,
      kind,
      count: (before?.count ?? 0) + more.count,
      first: Math.min(before?.first ?? more.first, more.first),
      last: Math.max(before?.last ?? more.last, more.last),
      examples: [...(before?.examples ?? []), ...more.examples].sort((a, b) => a.at - b.at).slice(0, kept),
    })
  }

  get count(): number {
    return [...this.#all.values()].reduce((sum, { count }) => sum + count, 0)
  }

  /** The most frequent ones first. */
  list(): Failures[] {
    return [...this.#all.values()].sort((a, b) => b.count - a.count)
  }

  /** What was counted since the last time. */
  take(): Failures[] {
    const taken = this.list()
    this.#all.clear()
    return taken
  }
}
