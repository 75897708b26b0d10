/** Each client sends a line, waits for the answer, and sends the next: what people and scripts do. */
import type { Workload } from './workload.js'

export const oneAtATime: readonly Workload[] = [1, 50, 500, 5_000].map((clients) => ({
  name: `lines-${clients}`,
  title: `${clients.toLocaleString('en')} ${clients === 1 ? 'client' : 'clients'}, one line at a time`,
  kind: 'lines',
  wire: 'echo',
  clients,
  inFlight: 1,
  unit: 'lines',
  one: 'line',
  baseline: 'callback',
  ...(clients === 50 && { quickClients: 50 }),
}))
