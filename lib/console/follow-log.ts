/** Shows a console the service's log as it is written. A reader that is too slow misses records, and is told how many. */
import { channelOf } from '../client/client.js'
import { type Client, ClientDisconnectedError } from '../index.js'
import { readChoice } from '../log/choice.js'
import { formatRecord, type LogFollower } from '../log/index.js'

/** Bytes that may wait to be read. */
const MOST_UNSENT = 64 * 1024

/**
 * Follows until the client sends a line, or is gone.
 *
 * @param channels as in the setting `log`, with commas or blanks between them; all that are logged unless said otherwise.
 */
export async function followLog(
  client: Client,
  follow: (follower: LogFollower) => () => void,
  channels = 'all',
): Promise<void> {
  const chosen = readChoice(channels.split(/[\s,]+/))
  let dropped = 0
  const tell = (): void => {
    if (dropped > 0) client.write(`(Records left out, since you read too slowly: ${dropped}.)`)
    dropped = 0
  }
  const end = follow((record) => {
    if (chosen === 'silence' || !chosen(record.channel)) return
    if (dropped === 0 && channelOf(client).outbox.unsent < MOST_UNSENT) {
      client.write(formatRecord(record).slice(0, -1))
      return
    }
    dropped += 1
    // Until all that was written before has been read.
    if (dropped === 1) client.flush().then(tell, () => {})
  })
  try {
    await client.nextLine()
  } catch (error) {
    if (!(error instanceof ClientDisconnectedError)) throw error
  } finally {
    end()
    tell()
  }
}
