import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  itemOf,
  Journal,
  lineAnswer,
  readJournal,
  takeBack,
  upToLastAnswer,
} from '../../lib/conversation/journal.js'

test('whoever applies the changes has the same text, whatever is added, cut and told in between', () => {
  const action = fc.oneof(
    fc.record({ add: fc.string({ unit: 'grapheme' }) }),
    fc.record({ cut: fc.nat() }),
    fc.constant('take' as const),
  )
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const journal = new Journal()
      const lines: string[] = []
      let told = Buffer.alloc(0)
      const take = (): void => {
        const change = journal.take()
        if (change) told = Buffer.concat([told.subarray(0, change.keep), Buffer.from(change.text)])
      }
      for (const action of actions) {
        if (action === 'take') take()
        else if ('add' in action) {
          journal.add([action.add])
          lines.push(`${JSON.stringify([action.add])}\n`)
        } else {
          lines.length = action.cut % (lines.length + 1)
          journal.cut(Buffer.byteLength(lines.join('')))
        }
      }
      take()
      assert.is(told.toString(), lines.join(''))
      assert.is(journal.length, told.length)
      assert.is(journal.take(), undefined)
    }),
  )
})

test('one that goes on with what another process has left replaces nothing of it', () => {
  const journal = new Journal(10)
  journal.add(['?', 0, 'line'])
  assert.equal(journal.take(), { keep: 10, text: '["?",0,"line"]\n' })
})

test('a journal is read as it was written, and one that was cut in a line is none', () => {
  const text = '{"event":"connect"}\n["?",0,"line"]\n["line",0,"two\\nlines"]\n'
  assert.equal(readJournal(text), {
    head: { event: 'connect' },
    headLength: 20,
    records: [
      ['?', 0, 'line'],
      ['line', 0, 'two\nlines'],
    ],
  })
  for (const broken of ['', text.slice(0, -1), text.slice(0, 10)]) {
    assert.throws(
      () => readJournal(broken),
      (error: unknown) => error instanceof SyntaxError,
    )
  }
})

test('a journal without its last line is as it was before that was given, whatever came of it', () => {
  const head = '{"event":"connect"}\n'
  const asked = '["?",0,"line"]\n["line",0,"ann"]\n["?",1,"password"]\n'
  const sealed = '["sealed",1,"x"]\n'
  const more = '["?",2,"step: draw"]\n["done",2,"6"]\n'
  const before = takeBack(head + asked + sealed + more)
  assert.equal(before, { text: head + asked, answer: ['sealed', 1, 'x'] })
  assert.is(takeBack(before?.text as string)?.text, `${head}["?",0,"line"]\n`)
  assert.is(takeBack(`${head}["?",0,"line"]\n`), undefined)
  assert.is(takeBack(head), undefined)
})

test('a journal up to its last answer has nothing that came of it; the state of a loop can’t be taken back', () => {
  const begin = '{"event":"connect"}\n["?",0,"line"]\n'
  const answered = `${begin}["line",0,"ann"]\n["?",1,"step: draw"]\n["done",1,"6"]\n`
  const more = '["?",2,"line"]\n["value",3,"now",5]\n["withdrawn",2]\n'
  assert.is(upToLastAnswer(answered + more), answered)
  assert.is(upToLastAnswer(begin), undefined)
  assert.is(upToLastAnswer(`${answered}["?",2,"loop"]\n["state",2,"1"]\n`), undefined)
})

test('a line is answered as it was given, whether it is text or bytes, typed hidden or not', () => {
  const reverse = (text: string): string => [...text].reverse().join('')
  for (const item of ['hello', '', Uint8Array.of(0, 255)])
    for (const seal of [reverse, undefined]) {
      const answer = lineAnswer(3, item, seal)
      assert.equal(itemOf(answer, reverse), item)
      assert.is(JSON.stringify(answer).includes('hello'), item === 'hello' && seal === undefined)
    }
})

test.run()
