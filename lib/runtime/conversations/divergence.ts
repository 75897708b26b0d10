/** Conversations that another version of the program could not go on with, in words for its operator. */
import { escapeText } from '../../text/escape.js'
import type { DivergenceReport } from '../edge-port.js'
import { shownName } from '../handler-name.js'

/** How many are listed one by one. */
const MOST = 10

/** One line: which conversation, where, and how. */
export function describeDivergence(report: DivergenceReport): string {
  const { client, event, handler, line, question, asked, recorded, reason } = report
  const what = line === undefined ? '' : ` for the line ${JSON.stringify(line)}`
  const where =
    event === ''
      ? what
      : `, in the handler ${shownName(handler)} of ${event}${what}, at question ${question + 1}`
  const was = recorded === undefined ? '' : `; it asked before: ${recorded}`
  const is = asked === undefined ? '' : `; it asks now: ${asked}`
  // Questions and reasons may quote what clients have sent, and are shown on a terminal.
  return escapeText(`The conversation with ${client} can't go on${where}: ${reason}${was}${is}`)
}

export function describeDivergences(reports: readonly DivergenceReport[]): string {
  const listed = reports.slice(0, MOST).map((report) => `  ${describeDivergence(report)}`)
  if (reports.length > MOST) listed.push(`  and ${reports.length - MOST} more`)
  const what = reports.length === 1 ? '1 conversation' : `${reports.length} conversations`
  return [
    `the new version can't go on with ${what}. mara restart --force would begin them again.`,
    ...listed,
  ].join('\n')
}
