import type net from 'node:net'
import { memoryPair } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConsoleLine } from '../../../lib/cli/console/line.js'
import { type Mark, writeMark } from '../../../lib/console/marks.js'
import { turns } from '../../support/service.js'

const test = suite('cli/console/line')

const marks: readonly Mark[] = [
  { is: 'ready', name: 'chat', commands: [] },
  { is: 'done', ok: true },
  { is: 'bye', because: 'quit' },
]
const stream = [
  `${writeMark(marks[0] as Mark)}\r\nÄrger\r\n`,
  `Sure? ${writeMark(marks[1] as Mark)}\r\n`,
  `no \x1e mark\r\n${writeMark(marks[2] as Mark)}\r\n`,
].join('')

test('marks are told apart from text, wherever chunks are cut', async () => {
  const bytes = Buffer.from(stream)
  for (let cut = 1; cut < bytes.length; cut++) {
    const [ours, theirs] = memoryPair()
    let text = ''
    const seen: Mark[] = []
    const ended = new Promise<void>((resolve) => {
      new ConsoleLine(ours as net.Socket, () => undefined, {
        text: (piece) => {
          text += piece
        },
        mark: (mark) => seen.push(mark),
        ended: resolve,
      })
    })
    theirs.resume().write(bytes.subarray(0, cut))
    await turns(1)
    theirs.end(bytes.subarray(cut))
    await ended
    assert.equal(seen, marks, `cut at ${cut}`)
    assert.is(text, 'Ärger\nSure? no \x1e mark\n', `cut at ${cut}`)
  }
})

test('it says how wide the terminal is, and says it again only where that has changed', async () => {
  const [ours, theirs] = memoryPair()
  let columns = 80
  let heard = ''
  theirs.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk
  })
  const line = new ConsoleLine(ours as net.Socket, () => columns, { text() {}, mark() {}, ended() {} })
  line.write('clients')
  columns = 100
  line.write('stats')
  line.end()
  await new Promise((resolve) => theirs.once('end', resolve))
  assert.is(heard, '//mara columns=80\nclients\n//mara columns=100\nstats\n')
  theirs.end()
  line.destroy()
})

test.run()
