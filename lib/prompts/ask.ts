/** The shortest prompt: one question, one line. */
import type { WaitOptions } from '../wait.js'
import { askVisibly, type LineClient, type Message } from './prompt.js'

/**
 * Shows `message` as it stands and gives the next line, without the blanks around it; any line will do.
 *
 * @throws ClientDisconnectedError, TimeoutError, the signal's reason.
 */
export function ask(client: LineClient, message: Message, options: WaitOptions = {}): Promise<string> {
  return askVisibly(client, message, options)
}
