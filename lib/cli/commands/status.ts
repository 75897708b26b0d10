/** `mara status FILE`: the state of a program under an angel. */
import { askAngel } from '../../angel/ask.js'
import type { Answers } from '../../angel/index.js'
import { findProgram } from '../../program/find.js'
import { durationInWords } from '../../text/words.js'
import { defineCommand } from '../command.js'

export const status = defineCommand({
  name: 'status',
  summary: 'Show the state of a program that runs under an angel.',
  usage: 'FILE',
  details: ['Each line has a name, a tab and a value.'],
  options: {},
  async run({ operands: [file = ''], io }) {
    findProgram(file)
    const answer = await askAngel(file, 'status')
    for (const [name, value] of rows(answer)) io.stdout.write(`${name}\t${value}\n`)
    return 0
  },
})

function rows(status: Answers['status']): [name: string, value: string | number][] {
  const { state, angel, worker, since, addresses, connections, restarts, crashes, trouble } = status
  const ago = (at: number): string =>
    `${new Date(at).toISOString()} (${durationInWords(Date.now() - at)} ago)`
  return [
    ['state', state],
    ['angel', `process ${angel}`],
    ['worker', worker === undefined ? 'none' : `process ${worker}`],
    ['since', ago(since)],
    ...addresses.map(({ path, host, port }): [string, string] => ['address', path ?? `${host}:${port}`]),
    ['connections', connections],
    ['restarts', restarts],
    ['crashes', crashes],
    ...(trouble === undefined
      ? []
      : ([
          ['trouble', trouble.what.replaceAll('\n', ' ')],
          ['trouble at', ago(trouble.at)],
        ] as [string, string][])),
  ]
}
