/** The rooms that are measured, from the innermost to the outermost. */
import type { Room } from '../case.js'
import { codec } from './codec.js'
import { dispatcher } from './dispatcher.js'
import { executor } from './executor.js'
import { frames } from './frames.js'
import { inbox } from './inbox.js'
import { outbox } from './outbox.js'
import { splitter } from './splitter.js'

export const rooms: readonly Room[] = [splitter, codec, inbox, executor, dispatcher, outbox, frames]
