import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { introduce, type Mark, readIntroduction, readMark, writeMark } from '../../lib/console/marks.js'

const test = suite('console/marks')

test('a mark is read as it was written, and is one line', () => {
  const marks: readonly Mark[] = [
    { is: 'ready', name: 'ch\nat', commands: ['a', 'b'] },
    { is: 'done', ok: false },
    { is: 'bye', because: 'restart' },
  ]
  for (const mark of marks) {
    assert.not.match(writeMark(mark), /\n/)
    assert.equal(readMark(writeMark(mark)), mark)
  }
})

test('anything else is no mark', () => {
  for (const line of ['', '{"is":"done","ok":true}', '\x1e', '\x1e{', '\x1enull', '\x1e{"is":"done"}']) {
    assert.is(readMark(line), undefined, JSON.stringify(line))
  }
})

test('an introduction says how wide the terminal is, if there is one', () => {
  assert.equal(readIntroduction(introduce(undefined)), { columns: undefined })
  assert.equal(readIntroduction(introduce(132)), { columns: 132 })
  assert.equal(readIntroduction('//mara columns=0'), { columns: undefined })
  assert.equal(readIntroduction('//mara columns=100000'), { columns: undefined })
  assert.is(readIntroduction('//marathon'), undefined)
  assert.is(readIntroduction('clients'), undefined)
})

test.run()
