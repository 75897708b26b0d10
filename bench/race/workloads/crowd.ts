/** As many clients as the machine lets one process have, all logged in by five prompts, each with a line under way. */
import type { Workload } from './workload.js'

export const crowd: Workload = {
  name: 'crowd',
  title: '10,000 clients in conversation, one line at a time after a login by five prompts',
  kind: 'lines',
  wire: 'login',
  clients: 10_000,
  inFlight: 1,
  unit: 'lines',
  one: 'line',
  baseline: 'callback',
}
