/**
 * What the user of a client sees whose handler was cut short by the end of its process, and that begins again: what it had
 * come to is lost.
 */
import { type AnyClient, channelOf } from '../../client/client.js'
import { type ServiceTexts, tell } from '../../texts.js'
import type { SavedClient } from '../client-state.js'
import type { Resumption } from '../resumption.js'

/** @param resumption where the session waits for its turn. */
export function beginAgain(
  client: AnyClient,
  { at, asked, channel }: Pick<SavedClient, 'at' | 'asked' | 'channel'>,
  resumption: Pick<Resumption, 'holdBack'>,
  { restarted }: ServiceTexts,
): void {
  if (at !== 'idle' && channel.secrecy === 'input') {
    // The user was typing a secret. It must not become the answer to some other question, so the handler begins again when
    // the line has been ended, and the line is dropped.
    client.write('')
    tell(client, restarted)
    resumption.holdBack(client, (begin) => {
      channelOf(client).inbox.dropNext(() => {
        client.showInput()
        begin()
      })
    })
  } else if (asked) {
    // It waited for a line, perhaps behind a prompt.
    client.showInput()
    if (!client.raw) client.write('')
  }
}
