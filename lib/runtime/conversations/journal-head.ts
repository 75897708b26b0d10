/** The first line of a conversation's journal: which handler it is, where it stands, and what it began with. */
import type { AnyClient } from '../../client/client.js'
import type { Sealer } from '../../conversation/seal.js'
import { Connect, Receive } from '../../events/catalogue.js'
import type { Event } from '../../events/event.js'
import { hasPrivate } from '../../events/fresh.js'
import { Handler, placeOf } from '../../events/handler.js'
import type { HandlerName } from '../dispatcher.js'
import { decodePlain, encodePlain, type Names } from '../plain-data.js'

export interface Head {
  readonly event: 'connect' | 'receive'
  readonly handler: HandlerName
  readonly again: boolean
  /** `client.state`, as `encodePlain` gave it. */
  readonly state: string
  /** What earlier handlers have added to the event. */
  readonly properties?: string
  /** Where the handler stood, if it is an object with steps. */
  readonly place?: Place
}

export interface Place {
  readonly steps: readonly string[]
  /** See `HandlerPlace`. */
  readonly after?: string | undefined
  /** Its fields, as `encodePlain` gave them, sealed: what was typed hidden may be among them. */
  readonly sealed: string
  /** See `HandlerPlace`. */
  readonly cleared?: readonly string[] | undefined
}

/** What it takes to write down a program's own data. */
export interface HeadHost {
  readonly names: Names
  readonly sealer: Sealer
  /** Says each message once. */
  warn(message: string): void
}

/** Where a handler with steps stands; undefined where another process could not go on from there. */
export function placeNow(
  handler: Handler,
  fresh: Readonly<Record<string, unknown>>,
  { names, sealer }: HeadHost,
): Place | undefined {
  const place = placeOf(handler, fresh)
  if (place === undefined || place.steps.length === 0 || hasPrivate(handler.constructor, Handler))
    return undefined
  let isPlain = true
  const fields = encodePlain(place.fields, names, () => {
    isPlain = false
  })
  if (!isPlain || !isThere(place.fields, fields, names)) return undefined
  const { steps, after, cleared } = place
  return { steps, after, sealed: sealer.seal(fields), cleared }
}

/** A stored object that is not active is named, but another process would not find it by its name. */
function isThere(fields: object, text: string, names: Names): boolean {
  const there = decodePlain(text, names) as Record<string, unknown>
  return Object.entries(fields).every(([name, value]) => {
    const hasOwnWord = typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON === 'function'
    return !hasOwnWord || value instanceof Date || there[name] === value
  })
}

/** What earlier handlers have added to an event; undefined where that is nothing. */
export function propertiesOf(event: Event, { names, warn }: HeadHost): string | undefined {
  const { client: _, data: __, again: ___, service: ____, ...more } = event as Event<Record<string, unknown>>
  if (Object.keys(more).length === 0) return undefined
  return encodePlain(more, names, (place, why) =>
    warn(`What a handler has added to ${event.constructor.name} (${place}) is lost at a restart: ${why}.`),
  )
}

/** The event that the handler was given, once more. @param data of a `Receive`. */
export function eventOf(
  { event: kind, properties }: Head,
  client: AnyClient,
  data: string | Uint8Array | undefined,
  again: boolean,
  names: Names,
): Event {
  const event =
    kind === 'connect'
      ? new Connect({ client, again })
      : new Receive({ client, data: data as string, hidden: true, again })
  if (properties !== undefined) Object.assign(event, decodePlain(properties, names))
  return event
}

/** The fields of a Handler that stand sealed at the head of a journal, as text: they may name stored objects. */
export function fieldsIn(journal: string, { unseal }: Sealer): string {
  const [head = ''] = journal.split('\n', 1)
  // What else the head has of this form is text within text, with a backslash before each quotation mark.
  const sealed = /"sealed":"([^"]+)"/.exec(head)?.[1]
  return sealed === undefined ? '' : unseal(sealed)
}
