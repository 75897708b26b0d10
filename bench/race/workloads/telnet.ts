/** Telnet: a command in each line, for those who speak it; and what it costs Mara to look for commands where none come. */
import { mara, maraRaw, maraWithoutTelnet } from '../peers.js'
import type { Workload } from './workload.js'

const common = { kind: 'lines', clients: 50, unit: 'lines', one: 'line' } as const
const cost = {
  ...common,
  wire: 'echo',
  baseline: 'mara-plain',
  peers: [mara, maraWithoutTelnet, maraRaw],
} as const

export const telnet: readonly Workload[] = [
  {
    ...common,
    name: 'telnet',
    title: 'Telnet mode: a command in each line; 50 clients, 200 lines in flight each',
    wire: 'telnet',
    inFlight: 200,
    baseline: 'telnet-stream',
    quickClients: 50,
  },
  {
    ...cost,
    name: 'telnet-cost-1',
    title: 'What telnet costs plain text; 50 clients, one line at a time',
    inFlight: 1,
  },
  {
    ...cost,
    name: 'telnet-cost-200',
    title: 'What telnet costs plain text; 50 clients, 200 lines in flight each',
    inFlight: 200,
  },
]
