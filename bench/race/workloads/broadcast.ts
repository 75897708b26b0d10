/** One line to everybody; the next follows when all have got it. */
import type { Workload } from './workload.js'

export const broadcast: readonly Workload[] = [1_000, 5_000].map((clients) => ({
  name: `broadcast-${clients}`,
  title: `Broadcast to ${clients.toLocaleString('en')} clients`,
  kind: 'broadcasts',
  wire: 'broadcast',
  clients,
  inFlight: 1,
  unit: 'deliveries',
  one: 'delivery',
  baseline: 'callback',
  ...(clients === 1_000 && { quickClients: 500 }),
}))
