/**
 * What an angel and a worker say to each other, on a socket pair that the worker finds as its fifth descriptor (number 4).
 *
 * A message is a line: its name, a space, its body as JSON. `keep` and `forget` have a key before the body, and the
 * angel hands their bodies on unread. Sockets travel beside, on Node's own channel between the two processes, which can
 * carry them: see `SocketNote`.
 */
import { z } from 'zod'

/** Raised when an older side could no longer understand a newer one. */
export const VERSION = 1

/** Bytes of one message. A client's state, with its unread lines and unsent output, must fit. */
export const MAX_MESSAGE = 32 * 1024 * 1024

const id = z.int().min(0)
const text = z.string().max(10_000)
const nothing = z.object({})
const address = z.object({
  host: z.string().max(255).optional(),
  port: z.int().min(0).max(65_535).optional(),
  path: z.string().max(4_096).optional(),
})

const fromWorker = {
  /** The first message: sockets may be sent from now on. */
  hello: z.object({ version: z.int() }),
  /** What the angel goes by as long as this worker serves. */
  settings: z.object({
    heartbeat: z.int().min(1),
    readyTimeout: z.int().min(1),
    takeOverTimeout: z.int().min(1),
    handOverTimeout: z.int().min(1),
    stopTimeout: z.int().min(1),
    maxConnections: z.int().min(1),
    log: z.union([z.boolean(), text, z.array(text).max(1_000)]).optional(),
    logFile: z.string().max(4_096).optional(),
  }),
  /** Wants the listening socket of this address. Answered by `listening` or `refused`. */
  listen: address.extend({ request: id }),
  unlisten: z.object({ listener: text }),
  /** Has started; nothing is missing but the clients. Answered by `go`, when the time has come. */
  ready: nothing,
  /** What was kept is taken over: from now on output may leave, so what is with the angel is no longer all there is. */
  taken: nothing,
  /** Clients are served again. */
  serving: nothing,
  /** A sign of life; every other message is one, too. */
  beat: nothing,
  /** A socket has arrived. */
  got: z.object({ connection: id }),
  /** A client's connection is closed on this side. */
  closed: z.object({ connection: id }),
  /** Wants to be restarted. Answered by `hand-over` or `refused`. */
  restart: z.object({ request: id }),
  /**
   * Everything is with the angel; clients wait since this time (milliseconds since the epoch). `stop`: the program has
   * asked for a stop meanwhile.
   */
  'handed-over': z.object({ since: z.number(), stop: z.boolean() }),
  /** Stops of its own accord. */
  stopping: nothing,
  /** The last words of a worker that fails. */
  failed: z.object({ reason: text }),
}

const fromAngel = {
  listening: z.object({ request: id, listener: text, address }),
  refused: z.object({ request: id, reason: text, code: z.string().max(100).optional() }),
  /** Serve from now on. `since` is when the last one stopped to, where one has. */
  go: z.object({ restart: z.boolean(), crash: z.boolean(), since: z.number(), connections: z.array(id) }),
  'hand-over': nothing,
  stop: nothing,
}

type Bodies<Schemas extends Record<string, z.ZodType>> = {
  readonly [Name in keyof Schemas]: z.output<Schemas[Name]>
}

type Message<B> = { [Name in keyof B]: { readonly name: Name; readonly body: B[Name] } }[keyof B]

/** What one side remembers for the next: the angel's memory of it is all that outlives a crash. */
export type KeepMessage =
  | { readonly name: 'keep'; readonly key: string; readonly value: Buffer }
  | { readonly name: 'forget'; readonly key: string }

export type WorkerBodies = Bodies<typeof fromWorker>
export type AngelBodies = Bodies<typeof fromAngel>
export type WorkerMessage = Message<WorkerBodies> | KeepMessage
export type AngelMessage = Message<AngelBodies> | KeepMessage
export type WorkerSettings = WorkerBodies['settings']

/** What goes with a socket on Node's channel: whose it is; or, without a socket, that one is not needed any more. */
export const socketNote = z.union([
  z.object({ connection: id, listener: text, remoteAddress: z.string().max(255).optional() }),
  z.object({ gone: id }),
])
export type SocketNote = z.output<typeof socketNote>

/** Why a line is no message, in words for a log. */
export class Damage {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

export function readWorkerMessage(line: Buffer): WorkerMessage | Damage {
  return read(line, fromWorker) as WorkerMessage | Damage
}

export function readAngelMessage(line: Buffer): AngelMessage | Damage {
  return read(line, fromAngel) as AngelMessage | Damage
}

/** A message as its line, with the LF. */
export function formatMessage(name: string, body: object): string {
  return `${name} ${JSON.stringify(body)}\n`
}

/** @param value one line of text: JSON is. */
export function formatKeep(key: string, value: string): string {
  return `keep ${key} ${value}\n`
}

export function formatForget(key: string): string {
  return `forget ${key}\n`
}

const SPACE = 0x20
const KEY = /^[!-~]{1,600}$/

function read(line: Buffer, schemas: Record<string, z.ZodType>): object {
  const space = line.indexOf(SPACE)
  const name = line.toString('latin1', 0, space === -1 ? Math.min(line.length, 20) : Math.min(space, 20))
  const rest = space === -1 ? Buffer.alloc(0) : line.subarray(space + 1)
  if (name === 'keep' || name === 'forget') return readKeep(name, rest)
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
  if (schema === undefined) return new Damage(`it begins with ${JSON.stringify(name)}, which means nothing`)
  let json: unknown
  try {
    json = JSON.parse(rest.toString())
  } catch {
    return new Damage(`the body of ${name} is not JSON`)
  }
  const { success, data, error } = schema.safeParse(json)
  if (success) return { name, body: data }
  const [issue] = error.issues
  return new Damage(`${name} is wrong at ${issue?.path.join('.') || 'its body'}: ${issue?.message ?? ''}`)
}

function readKeep(name: 'keep' | 'forget', rest: Buffer): KeepMessage | Damage {
  const space = name === 'keep' ? rest.indexOf(SPACE) : rest.length
  const key = space === -1 ? '' : rest.toString('latin1', 0, space)
  if (!KEY.test(key)) return new Damage(`${name} has no key`)
  // A copy: the line's bytes are another's before long.
  return name === 'keep' ? { name, key, value: Buffer.from(rest.subarray(space + 1)) } : { name, key }
}
