/** The table of clients, as a console shows it. */
import { type AnyClient, channelOf } from '../client/client.js'
import { escapeText } from '../text/escape.js'
import { localTime } from '../text/local-time.js'
import { summary } from './print.js'

export interface Rows {
  readonly heading: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Which column is cut where there is no room. */
  readonly flexible: number
}

/** @param forPeople times in words; else in ISO 8601, and idle times in seconds. */
export function clientRows(clients: Iterable<AnyClient>, forPeople: boolean): Rows {
  const rows = [...clients].map((client) => [
    String(client.id),
    escapeText(client.remoteAddress ?? '-'),
    forPeople ? localTime(client.connectedAt) : client.connectedAt.toISOString(),
    forPeople ? client.idleInWords : String(Math.floor(client.idle / 1000)),
    String(client.unread),
    String(channelOf(client).outbox.unsent),
    summary(client.state),
  ])
  return { heading: ['ID', 'Address', 'Connected', 'Idle', 'Unread', 'Unsent', 'State'], rows, flexible: 6 }
}
