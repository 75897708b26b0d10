/** Who runs: a row for each, a file for each in peers/. A new one needs both. */
import type { Wire } from './wire.js'

/** What it needs on the machine besides Node; it is left out, by name, where that is missing. */
export type Tool = 'python3' | 'go'

export interface Peer {
  readonly name: string
  readonly label: string
  /** In peers/. */
  readonly file: string
  readonly speaks: readonly Wire[]
  readonly tool?: Tool
  /** It is run by `mara angel`: two processes. */
  readonly angel?: boolean
  /** Settings and variables of the program. */
  readonly settings?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The folder of the package that is measured, where it is not this one: see `--compare`. */
  readonly package?: string
}

const ALL_WIRES: readonly Wire[] = ['echo', 'telnet', 'greet', 'login', 'broadcast']
const PLAIN_WIRES: readonly Wire[] = ['echo', 'greet', 'login', 'broadcast']

export const mara: Peer = { name: 'mara', label: 'Mara', file: 'mara.ts', speaks: ALL_WIRES }

export const peers: readonly Peer[] = [
  mara,
  {
    name: 'mara-await',
    label: 'Mara, for await in Connect',
    file: 'mara.ts',
    speaks: ['echo', 'telnet'],
    env: { RACE_STYLE: 'await' },
  },
  { ...mara, name: 'mara-angel', label: 'Mara under the angel', angel: true },
  { name: 'bytes', label: 'node:net, no lines', file: 'bytes.ts', speaks: ['echo', 'greet'] },
  { name: 'callback', label: 'node:net, callback splitter', file: 'callback.ts', speaks: PLAIN_WIRES },
  { name: 'readline', label: 'node:readline, for await', file: 'readline.ts', speaks: PLAIN_WIRES },
  { name: 'it-pushable', label: 'it-pushable, for await', file: 'it-pushable.ts', speaks: PLAIN_WIRES },
  { name: 'telnet-stream', label: 'telnet-stream, callback', file: 'telnet-stream.ts', speaks: ALL_WIRES },
  { name: 'asyncio', label: 'Python asyncio', file: 'python.py', speaks: PLAIN_WIRES, tool: 'python3' },
  { name: 'go', label: 'Go net', file: 'net.go', speaks: PLAIN_WIRES, tool: 'go' },
]

/** What telnet costs is measured against these; elsewhere they don't run. */
export const maraWithoutTelnet: Peer = {
  ...mara,
  name: 'mara-plain',
  label: 'Mara, telnet: false',
  settings: ['--telnet=false'],
}
export const maraRaw: Peer = { ...mara, name: 'mara-raw', label: 'Mara, raw: true', settings: ['--raw'] }

/** The same program under a second name. */
export const maraAgain: Peer = { ...mara, name: 'mara-again', label: 'Mara, again' }
