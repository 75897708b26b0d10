/** The null race: the same server under two names. What differs here is the measuring, and nothing else. */
import { mara, maraAgain } from '../peers.js'
import type { Workload } from './workload.js'

const common = {
  kind: 'lines',
  wire: 'echo',
  clients: 50,
  unit: 'lines',
  one: 'line',
  baseline: 'mara-again',
  peers: [mara, maraAgain],
  repeats: 2,
} as const

export const nullRace: readonly Workload[] = [
  {
    ...common,
    name: 'null-1',
    title: 'The null race; 50 clients, one line at a time',
    inFlight: 1,
    quickClients: 50,
  },
  {
    ...common,
    name: 'null-200',
    title: 'The null race; 50 clients, 200 lines in flight each',
    inFlight: 200,
  },
]
