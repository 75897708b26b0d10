/** Memory: clients that were greeted and say nothing. */
import type { Workload } from './workload.js'

export const idle: Workload = {
  name: 'idle',
  title: 'Memory that an idle client costs, of 5,000',
  kind: 'idle',
  wire: 'greet',
  clients: 5_000,
  inFlight: 0,
  unit: 'bytes',
  one: 'client',
  baseline: 'callback',
  quickClients: 1_000,
}
