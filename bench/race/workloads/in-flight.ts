/** Each client has 200 lines under way: what a line costs where system calls are shared by many. */
import type { Workload } from './workload.js'

export const inFlight: Workload = {
  name: 'in-flight',
  title: '50 clients, 200 lines in flight each',
  kind: 'lines',
  wire: 'echo',
  clients: 50,
  inFlight: 200,
  unit: 'lines',
  one: 'line',
  baseline: 'callback',
  quickClients: 50,
}
