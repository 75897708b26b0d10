/**
 * The settings every service has: one zod schema gives their types, checks, defaults and `--help`.
 *
 * Names are flat and camelCase, so that each one is also a flag (`--maxLineLength`), a variable
 * (`MARA_MAX_LINE_LENGTH`) and a key of a settings file.
 */
import { z } from 'zod'
import { DEFAULT_LINE_BUDGET, defaultLimits } from '../limits.js'
import { isLogger, type LoggerLike, loggerMethods } from '../log/index.js'

/**
 * Marks a setting whose value is never printed: it shows as `***` in errors, `--help` and listings.
 *
 * The mark survives what is chained after it (`secret(z.string()).min(8).optional()`), and is found inside objects,
 * arrays and unions: then the whole setting is secret.
 */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  const marked = schema.clone(schema.def, { parent: true })
  z.globalRegistry.add(marked, { secret: true })
  return marked
}

type Counted = Exclude<keyof typeof defaultLimits, 'connectTimeout' | 'idleTimeout'>

const limit = (name: Counted) => z.int().min(1).default(defaultLimits[name])

/** One that loopback is exempt from, unless it is given. */
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
  path: z
    .string()
    .min(1)
    .optional()
    .describe('Unix socket path to listen on; used in place of port and host where given.'),
  tlsCert: z
    .string()
    .min(1)
    .optional()
    .describe('File with a TLS certificate and its chain (PEM); with tlsKey, clients must speak TLS.'),
  tlsKey: z
    .string()
    .min(1)
    .optional()
    .describe("File with the certificate's private key (PEM). New files are taken without a restart."),
  raw: z.boolean().default(false).describe('Hand over chunks of bytes exactly as they come, not lines.'),
  telnet: z.boolean().default(true).describe('Speak telnet with clients in line mode.'),
  telnetOffers: z
    .enum(['when-needed', 'at-connect', 'never'])
    .default('when-needed')
    .describe(
      'When to ask clients whether they speak telnet: once the service writes in colour or asks for their terminal, as soon as they connect, or never.',
    ),
  sanitize: z
    .boolean()
    .default(true)
    .describe('Strip control characters (TAB apart) and bidirectional controls from input lines.'),

  log: z
    .union([z.boolean(), z.string(), z.array(z.string()), z.custom<LoggerLike>(isLogger)], {
      error: `a program may also pass a logger that has the methods ${loggerMethods.join(', ')}`,
    })
    .default(true)
    .describe(
      "What to log: channel names (angel, service, server, client, event, store, debug, the program's own), 'all', " +
        'names with a minus sign for channels to leave out (all,-client), true for all but event and debug, or false for silence. Warnings and errors of every channel are logged unless it is false. A program may pass a pino logger.',
    ),
  logFile: z.string().min(1).optional().describe('File to append the log to, in place of stderr.'),

  store: z.string().min(1).default('file').describe("Store back end, such as 'file' or 'memory'."),
  storePath: z.string().min(1).default('data').describe('Directory where stores keep their files.'),

  drain: z
    .union([z.number().min(0), z.literal(Number.POSITIVE_INFINITY)])
    .default(1000)
    .describe(
      'Milliseconds that handlers may go on when the service stops, or when their client has gone; Infinity for ever.',
    ),

  angel: z
    .boolean()
    .default(false)
    .describe(
      'Run under an angel, which keeps connections open over restarts and crashes: mara run FILE --angel.',
    ),
  heartbeat: z
    .int()
    .min(100)
    .default(10000)
    .describe('Milliseconds without a sign of life after which the angel replaces a process.'),
  readyTimeout: z
    .int()
    .min(100)
    .default(30000)
    .describe('Milliseconds that a new process may take to get ready; else a restart is given up.'),
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
    .describe('Milliseconds between the snapshots of clients and stores that outlive a crash.'),
  onRestart: z
    .enum(['restart', 'disconnect', 'wait'])
    .default('restart')
    .describe(
      'What a restart does to a handler that waits for a line: runs it again from its beginning, disconnects its client, or waits for it first.',
    ),
  restartWait: z
    .int()
    .min(0)
    .default(10000)
    .describe("Milliseconds that a restart waits for such handlers where onRestart is 'wait'."),
  lineBudget: z
    .int()
    .min(1)
    .default(DEFAULT_LINE_BUDGET)
    .describe("Lines one client may have handled before it is another client's turn."),

  maxLineLength: limit('maxLineLength').describe('Bytes in a line; a longer one is dropped whole.'),
  maxUnreadLines: limit('maxUnreadLines').describe(
    'Unread lines of a client above which its socket is paused.',
  ),
  maxUnreadBytes: limit('maxUnreadBytes').describe(
    'Unread bytes of a client above which its socket is paused.',
  ),
  maxUnsentBytes: limit('maxUnsentBytes').describe(
    'Unsent bytes of a client above which it is disconnected.',
  ),
  maxSubnegotiation: limit('maxSubnegotiation').describe(
    'Bytes in a telnet subnegotiation; a longer one is dropped whole.',
  ),
  maxTelnetReplies: limit('maxTelnetReplies').describe(
    'Telnet replies to a client a second; further requests go unanswered.',
  ),
  connectTimeout: timeLimit('connectTimeout').describe(
    'Milliseconds that a client has for its first line while Connect runs; then it is told and closed. 0 is no limit.',
  ),
  idleTimeout: timeLimit('idleTimeout').describe(
    'Milliseconds that a client may send nothing; then it is told and closed. 0 is no limit.',
  ),
  maxConnections: limit('maxConnections').describe(
    'Connections in all; further ones are told why and closed.',
  ),
  maxConnectionsPerAddress: limitByAddress().describe(
    `Connections from one address; further ones are told why and closed. Where not given, ${defaultLimits.maxConnectionsPerAddress}, and connections from loopback are not counted.`,
  ),
  maxConnectionRate: limitByAddress().describe(
    `New connections from one address a minute; further ones are told why and closed. Where not given, ${defaultLimits.maxConnectionRate}, and connections from loopback are not counted.`,
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
