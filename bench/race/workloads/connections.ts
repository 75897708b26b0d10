/** Clients that connect, are greeted, and leave. */
import type { Workload } from './workload.js'

export const connections: Workload = {
  name: 'connections',
  title: 'Connections: connect, greeting, leave; 50 at once',
  kind: 'connections',
  wire: 'greet',
  clients: 50,
  inFlight: 0,
  unit: 'connections',
  one: 'connection',
  baseline: 'callback',
  warmUps: 8,
  quickClients: 50,
}
