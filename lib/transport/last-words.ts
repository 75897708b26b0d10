/** How a connection that is no client's is sent away. */
import type { Clock } from '../clock.js'
import type { Connection } from './connection.js'

/** How long its peer may take to read why, in milliseconds. */
const GRACE = 1_000

/** What is said on a connection of which nothing is known: lines as telnet has them. */
export function inLines(words: string): string {
  return `${words.replace(/\r?\n/g, '\r\n')}\r\n`
}

/** @param words a line, which is sent before it is closed; nothing where it is empty. */
export function seeOut(connection: Connection, words: string, clock: Clock): void {
  const close = (): void => connection.destroy()
  const alarm = clock.setTimeout(close, GRACE, { keepAlive: false })
  connection.open({
    data() {},
    ended() {},
    left() {},
    drained() {},
    finished: close,
    closed: () => clock.clearTimeout(alarm),
  })
  if (words !== '') connection.write(inLines(words))
  connection.end()
}
