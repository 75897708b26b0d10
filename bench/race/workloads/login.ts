/** A conversation: five prompts, each awaited; then the client quits, and comes back. */
import type { Workload } from './workload.js'

export const login: Workload = {
  name: 'login',
  title: 'Logins: connect, five prompts, quit; 50 at once',
  kind: 'logins',
  wire: 'login',
  clients: 50,
  inFlight: 1,
  unit: 'logins',
  one: 'login',
  baseline: 'callback',
  warmUps: 20,
  quickClients: 50,
}
