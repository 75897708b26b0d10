/**
 * Clients whose lines are asked for by work that their handler has not begun, such as a loop over `clients(service)`. It can't
 * be brought to where it is by running the handler again, so nothing of it is written down.
 */
const clients = new WeakSet<object>()

export function leadElsewhere(client: object): void {
  clients.add(client)
}

/** Handlers lead it again. */
export function leadHere(client: object): void {
  clients.delete(client)
}

export function isLedElsewhere(client: object): boolean {
  return clients.has(client)
}
