/**
 * The settings every service has: one zod schema gives their types, checks, defaults and `--help`.
 *
 * Names are flat and camelCase, so that each one is also a flag (`--maxLineLength`), a variable
 * (`MARA_MAX_LINE_LENGTH`) and a key of a settings file.
 */
import { z } from 'zod'
import { InvalidOptionError } from '../errors.js'
import { DEFAULT_LINE_BUDGET, defaultLimits } from '../limits.js'
import { isLogger, type LoggerLike, loggerMethods } from '../log/index.js'

/**
 * Marks a setting whose value is never printed: it shows as `***` in errors, `--help` and listings.
 *
 * The mark survives what is chained after it (`secret(z.string()).min(8).optional()`), and is found inside objects,
 * arrays and unions: then the whole setting is secret.
 */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  if (typeof (schema as Schema | null | undefined)?.clone !== 'function') {
    throw new InvalidOptionError('secret()', 'schema', schema, 'a zod schema')
  }
  const marked = schema.clone(schema.def, { parent: true })
  z.globalRegistry.add(marked, { secret: true })
  return marked
}

type Counted = Exclude<keyof typeof defaultLimits, 'connectTimeout' | 'idleTimeout'>

const limit = (name: Counted) => z.int().min(1).default(defaultLimits[name])

/** A limit that spares loopback unless it is given. */
const limitByAddress = () => z.int().min(1).optional()

/** In milliseconds; 0 turns it off. */
const timeLimit = (name: 'connectTimeout' | 'idleTimeout') => z.int().min(0).default(defaultLimits[name])

export const coreShape = {
  port: z
    .int()
    .min(0)
    .max(65535)
    .default(9000)
    .describe('TCP port to listen on; 0 lets the system choose one.'),
  host: z.string().min(1).default('127.0.0.1').describe('Address or host name to listen on.'),
  path: z.string().min(1).optional().describe('Unix socket path to listen on, in place of port and host.'),
  tlsCert: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with a TLS certificate and its chain (PEM). If tlsCert and tlsKey are given, clients must speak TLS.',
    ),
  tlsKey: z
    .string()
    .min(1)
    .optional()
    .describe(
      "File with the certificate's private key (PEM). The service notices new files without a restart.",
    ),
  raw: z
    .boolean()
    .default(false)
    .describe('Give the program chunks of bytes exactly as they come, not lines.'),
  telnet: z.boolean().default(true).describe('Speak telnet with clients in line mode.'),
  telnetOffers: z
    .enum(['when-needed', 'at-connect', 'never'])
    .default('when-needed')
    .describe(
      'When to ask a client whether it speaks telnet: when the service first writes in colour or reads what its terminal can do (when-needed), as soon as it connects (at-connect), or never. A client that speaks telnet by itself is asked for the rest, whatever this says.',
    ),
  sanitize: z
    .boolean()
    .default(true)
    .describe('Remove control characters, except TAB, and bidirectional controls from input lines.'),

  log: z
    .union([z.boolean(), z.string(), z.array(z.string()), z.custom<LoggerLike>(isLogger)], {
      error: `a program may also pass a logger that has the methods ${loggerMethods.join(', ')}`,
    })
    .default(true)
    .describe(
      "What to log: channel names (angel, service, server, client, event, store, console, debug, the program's own), 'all', " +
        'channels to leave out, with a minus sign (all,-client), true for all but event and debug, or false for silence. Unless it is false, warnings and errors of every channel are logged. A program may pass a pino logger.',
    ),
  logFile: z.string().min(1).optional().describe('File to append the log to, in place of stderr.'),

  console: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe(
      'Open a console for administrators, on a Unix socket that only this user can open: mara console FILE. A path names another socket.',
    ),

  store: z.string().min(1).default('file').describe("Store back end, such as 'file' or 'memory'."),
  storePath: z.string().min(1).default('data').describe('Directory where stores keep their files.'),

  drain: z
    .union([z.number().min(0), z.literal(Number.POSITIVE_INFINITY)])
    .default(1000)
    .describe(
      'Milliseconds that handlers may still run after the service is asked to stop, or after their client has gone. Infinity is no limit.',
    ),

  angel: z
    .boolean()
    .default(false)
    .describe(
      'Run under an angel, which keeps connections open while the program restarts or crashes: mara run FILE --angel.',
    ),
  heartbeat: z
    .int()
    .min(100)
    .default(10000)
    .describe('The angel replaces a process that gives no sign of life for this many milliseconds.'),
  readyTimeout: z
    .int()
    .min(100)
    .default(30000)
    .describe(
      'Milliseconds that a new process may take to get ready. If it takes longer, the restart is given up.',
    ),
  probation: z
    .int()
    .min(0)
    .default(5000)
    .describe('Milliseconds after a restart in which the old process goes on if the new one fails.'),
  spareWorker: z
    .boolean()
    .default(false)
    .describe('Keep a second process loaded, which takes over at once after a crash.'),
  snapshotEvery: z
    .int()
    .min(10)
    .default(1000)
    .describe(
      'Milliseconds after which the angel knows, at the latest, of changes to stored objects that were not saved, and of states that a timer changed. A crash undoes later changes of these.',
    ),
  onRestart: z
    .enum(['replay', 'restart', 'disconnect', 'wait'])
    .default('replay')
    .describe(
      'What a restart does with a handler that waits for a line: bring it to the same place in the new process (replay), run it again from its beginning (restart), disconnect its client, or wait until it has ended.',
    ),
  onDivergence: z
    .enum(['again', 'disconnect'])
    .default('again')
    .describe(
      'What becomes of a conversation that the new process cannot bring to the same place: its handler begins again, or its client is disconnected.',
    ),
  maxJournal: z
    .int()
    .min(1)
    .default(1000)
    .describe('Answers in the journal of a conversation. Beyond that, a restart begins its handler again.'),
  maxJournalBytes: z
    .int()
    .min(1)
    .default(256 * 1024)
    .describe('Bytes in the journal of a conversation. Beyond that, a restart begins its handler again.'),
  restartWait: z
    .int()
    .min(0)
    .default(10000)
    .describe(
      "Milliseconds that a restart waits for handlers that await something other than a line; for all handlers if onRestart is 'wait'.",
    ),
  lineBudget: z
    .int()
    .min(1)
    .default(DEFAULT_LINE_BUDGET)
    .describe("Lines of one client that are handled before it is another client's turn."),

  maxLineLength: limit('maxLineLength').describe('Bytes in a line. A longer line is dropped whole.'),
  maxUnreadLines: limit('maxUnreadLines').describe(
    'Unread lines of a client. Beyond that, its socket is paused.',
  ),
  maxUnreadBytes: limit('maxUnreadBytes').describe(
    'Unread bytes of a client. Beyond that, its socket is paused.',
  ),
  maxUnsentBytes: limit('maxUnsentBytes').describe(
    'Unsent bytes of output to a client. Beyond that, it is disconnected.',
  ),
  maxSubnegotiation: limit('maxSubnegotiation').describe(
    'Bytes in a telnet subnegotiation. A longer one is dropped whole.',
  ),
  maxTelnetReplies: limit('maxTelnetReplies').describe(
    'Telnet replies to a client in a second. Further requests get no answer, and the client is not read for a second.',
  ),
  maxTelnetEvents: limit('maxTelnetEvents').describe(
    'Events of a client by telnet (Interrupt, Resize) in a second, and with handlers that run. Further ones are not raised, and the client is not read for a second.',
  ),
  connectTimeout: timeLimit('connectTimeout').describe(
    'Milliseconds that a client has for its first line while handlers of Connect run. Then it is told why and closed. 0 is no limit.',
  ),
  idleTimeout: timeLimit('idleTimeout').describe(
    'Milliseconds that a client may send nothing. Then it is told why and closed. 0 is no limit.',
  ),
  maxConnections: limit('maxConnections').describe(
    'Connections in all. Further ones are told why and closed.',
  ),
  maxConnectionsPerAddress: limitByAddress().describe(
    `Connections from one address. Further ones are told why and closed. If it is not given, the limit is ${defaultLimits.maxConnectionsPerAddress}, and connections from loopback do not count.`,
  ),
  maxConnectionRate: limitByAddress().describe(
    `New connections from one address in a minute. Further ones are told why and closed. If it is not given, the limit is ${defaultLimits.maxConnectionRate}, and connections from loopback do not count.`,
  ),
} satisfies z.ZodRawShape

export type CoreShape = typeof coreShape

/** The shape of a program without settings of its own. */
export type NoExtra = Record<never, never>

type Output<Shape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> }
type Input<Shape> = { readonly [Name in keyof Shape]?: z.input<Shape[Name]> | undefined }

export type CoreSettings = Output<CoreShape>

/** Collected values: the core settings and the program's own. */
export type Settings<Extra extends z.ZodRawShape = NoExtra> = CoreSettings & Output<Extra>

/** What a program may write: every setting is optional, and `undefined` counts as not given. */
export type SettingsInput<Extra extends z.ZodRawShape = NoExtra> = Input<CoreShape> & Input<Extra>
