/** What edge and worker say to each other besides clients' bytes: rare, and so JSON, in frames of the type `message`. */
import { z } from 'zod'

const id = z.int().min(0)
const text = z.string().max(10_000)
const address = z.object({
  host: z.string().max(255).optional(),
  port: z.int().min(0).max(65_535).optional(),
  path: z.string().max(4_096).optional(),
})

/** See `ServerDescription`. */
const server = z.object({
  address,
  tls: z
    .object({
      cert: text,
      key: text,
      passphrase: text.optional(),
      handshakeTimeout: z.number().min(0),
      maxHandshakes: z.number().min(1),
      maxHandshakeRate: z.number().min(1).optional(),
      checkEvery: z.number().min(0),
    })
    .optional(),
  websocket: z
    .object({
      path: text,
      origins: z.array(text).max(1_000).readonly().optional(),
      webRoot: text.optional(),
      trustedProxies: z.array(text).max(1_000).readonly(),
      ping: z.number().min(1),
      idle: z.number().min(1),
      maxPayload: z.number().min(1),
      handshakeTimeout: z.number().min(1),
      maxHandshakes: z.number().min(1),
      text: z.boolean(),
    })
    .optional(),
})

function named<Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z.object({ name: z.literal(name), ...shape })
}

/** See `DivergenceReport`. */
const divergence = z.object({
  client: text,
  event: text,
  handler: text,
  line: text.optional(),
  question: id,
  asked: text.optional(),
  recorded: text.optional(),
  reason: text,
})

const workerMessage = z.discriminatedUnion('name', [
  /** What the edge goes by as long as this worker serves. */
  named('settings', {
    settings: z.object({
      heartbeat: z.int().min(1),
      readyTimeout: z.int().min(1),
      takeOverTimeout: z.int().min(1),
      handOverTimeout: z.int().min(1),
      stopTimeout: z.int().min(1),
      maxConnections: z.int().min(1),
      window: z.int().min(1),
      maxUnsent: z.int().min(1),
      probation: z.int().min(0),
      spareWorker: z.boolean(),
      log: z.union([z.boolean(), text, z.array(text).max(1_000).readonly()]).optional(),
      logFile: z.string().max(4_096).optional(),
    }),
  }),
  /** Wants the edge to listen for this server. Answered by `listening` or `refused`. */
  named('listen', { request: id, server }),
  named('unlisten', { listener: text }),
  /** Has started; nothing is missing but the clients. Answered by `precopy` or, when the time has come, by `go`. */
  named('ready', {}),
  /** What would become of the conversations, were this worker to serve. */
  named('preflighted', { divergences: z.array(divergence).readonly() }),
  /** Clients are served. */
  named('serving', {}),
  /** After a crash, input that may have been the reason is handled one connection at a time: this one is next, or done. */
  named('handling', { connection: id, done: z.boolean(), later: z.boolean().optional() }),
  /** A sign of life; every frame is one. */
  named('beat', {}),
  /** Wants to be restarted. Answered by `hand-over` or `refused`. */
  named('restart', { request: id }),
  /**
   * The last turn is sent. Clients wait since this time, in milliseconds since the epoch. `stop`: the program has asked for a
   * stop meanwhile. `standby`: it could go on, should the next worker fail.
   */
  named('handed-over', { since: z.number(), stop: z.boolean(), standby: z.boolean() }),
  /** Stops of its own accord. */
  named('stopping', {}),
  /**
   * The last words of a worker that fails. `reason`: what was thrown, if its program has not ended it by itself. `connection`:
   * it comes of work that its conversation has begun.
   */
  named('failed', { reason: text.optional(), connection: id.optional() }),
])

const edgeMessage = z.discriminatedUnion('name', [
  named('listening', { request: id, listener: text, address }),
  named('refused', { request: id, reason: text, code: z.string().max(100).optional() }),
  /**
   * How things are while another worker serves: prepare for it. Answered by `ready`, once more. `gone` are those that were
   * told before and are no more.
   */
  named('precopy', { gone: z.array(id) }),
  /**
   * Serve from now on: all connections have been told, some of them before. `since` is when the last worker stopped to
   * serve, `gone` are those that were told before and are no more. `stop`: say goodbye to them, and no more.
   */
  named('go', {
    restart: z.boolean(),
    crash: z.boolean(),
    since: z.number(),
    gone: z.array(id),
    stop: z.boolean().optional(),
  }),
  named('hand-over', {}),
  /** What was told are copies: say what would become of the conversations. Answered by `preflighted`. */
  named('preflight', {}),
  /** The key by which what was typed hidden is sealed, in base64. The first message. `trial`: it will never serve. */
  named('key', { key: z.string().max(100), trial: z.boolean().optional() }),
  /** It has handed over, and will not be needed again. */
  named('leave', {}),
  named('stop', {}),
])

export type WorkerMessage = z.output<typeof workerMessage>
export type EdgeMessage = z.output<typeof edgeMessage>
export type WorkerSettings = Extract<WorkerMessage, { name: 'settings' }>['settings']

/** Undefined where it is no message. */
export function readWorkerMessage(body: unknown): WorkerMessage | undefined {
  return workerMessage.safeParse(body).data
}

/** Undefined where it is no message. */
export function readEdgeMessage(body: unknown): EdgeMessage | undefined {
  return edgeMessage.safeParse(body).data
}
