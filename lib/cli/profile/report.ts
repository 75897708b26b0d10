/** What `--profile` prints: where the time went, by handler. */

import { formatTable } from '../../text/table.js'
import type { Output } from '../io.js'
import type { Attribution, Place, Rest, Spent } from './attribution.js'

/** Where a function stands in its source: `chat.ts:12`; undefined where that is not known. */
export type Locate = (place: Place) => string | undefined

/** Functions of the program that are told, those with the most time first. */
const MOST_FUNCTIONS = 10

const REST: Readonly<Record<Rest, string>> = {
  mara: 'Mara itself',
  node: 'Node, its loader included',
  packages: 'packages',
  garbage: 'collection of garbage',
  idle: 'idle',
}

/** Lines of text. */
export function profileReport(
  { handlers, functions, rest, duration }: Attribution,
  locate: Locate,
  output: Output,
): string {
  const row = (name: string, { self, total }: Spent, place: string | undefined): string[] => [
    milliseconds(self),
    milliseconds(total),
    share(total, duration),
    name,
    // Of a package its name and file are enough, and leave the handler's name more room.
    place?.replace(/^.*\bnode_modules\//, '') ?? '',
  ]
  // A talker has hundreds of handlers, such as one for each social, and most of them do nothing in a minute.
  const busy = [...handlers].filter(([, { total }]) => total > 0).sort(([, a], [, b]) => b.total - a.total)
  const unused = handlers.size - busy.length
  const others = [...functions.values()]
    .filter(({ spent }) => spent.total > 0)
    .sort((a, b) => b.spent.total - a.spent.total)
  const hidden = others.splice(MOST_FUNCTIONS)
  const sum = (of: readonly { readonly spent: Spent }[]): Spent => ({
    self: of.reduce((all, { spent }) => all + spent.self, 0),
    total: of.reduce((all, { spent }) => all + spent.total, 0),
  })
  // A person reads it, wherever it goes.
  const width: Output = { ...output, write: () => {}, isTTY: true, columns: output.columns ?? 100 }
  const table = (heading: string, rows: string[][]): string =>
    rows.length === 0 ? '' : `\n${formatTable(['self', 'total', 'share', heading, 'place'], rows, 3, width)}`
  return [
    `Profile of ${(duration / 1_000_000).toFixed(1)} s. "self" is time in a handler's own code, "total" includes what it called.\n`,
    table('handler', [
      ...busy.map(([handler, spent]) =>
        row(handler.name, spent, handler.places[0] && locate(handler.places[0])),
      ),
      ...(unused === 0 ? [] : [row(`${unused} others`, { self: 0, total: 0 }, undefined)]),
    ]),
    table('function outside of handlers', [
      ...others.map(({ frame, spent }) =>
        row(frame.functionName || '(without a name)', spent, locate(frame)),
      ),
      ...(hidden.length === 0 ? [] : [row(`${hidden.length} others`, sum(hidden), undefined)]),
    ]),
    table(
      'the rest',
      (Object.keys(REST) as Rest[]).map((kind) =>
        row(REST[kind], { self: rest[kind], total: rest[kind] }, undefined),
      ),
    ),
  ].join('')
}

function milliseconds(micros: number): string {
  return `${(micros / 1_000).toFixed(1)} ms`.padStart(11)
}

function share(micros: number, duration: number): string {
  return `${(duration > 0 ? (micros / duration) * 100 : 0).toFixed(1)} %`.padStart(7)
}
