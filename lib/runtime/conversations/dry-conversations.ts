/**
 * Conversations of a process that no other one follows. Nothing of them is kept, but steps are held to their rules: what an
 * angel would refuse is refused while the program is written, too.
 */
import type { AnyClient } from '../../client/client.js'
import { NO_SEALER } from '../../conversation/seal.js'
import { Conversations } from './conversations.js'
import type { ConversationsHost } from './session-conversation.js'

export type DryConversationsHost = Pick<ConversationsHost, 'executor' | 'events' | 'names' | 'warn'>

export function dryConversations(host: DryConversationsHost): Conversations {
  const conversations: Conversations = new Conversations({
    ...host,
    dry: true,
    settings: { maxJournal: Number.POSITIVE_INFINITY, maxJournalBytes: Number.POSITIVE_INFINITY },
    sealer: NO_SEALER,
    // Taken, and dropped.
    touch: (client: AnyClient) => void conversations.changeOf(client),
  })
  return conversations
}
