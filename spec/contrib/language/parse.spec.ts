import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from '../../../lib/contrib/language/parse.js'
import type { Piece } from '../../../lib/contrib/language/pieces.js'
import { socials } from '../../../lib/contrib/language/socials.js'
import { Verbs } from '../../../lib/contrib/language/verbs.js'
import type { Part } from '../../../lib/contrib/language/view.js'

const verbs = new Verbs(Object.keys(socials))

/** Parses pieces, each of which may be looked at a few times only. */
function parsed(pieces: Piece[]): Part[] {
  let looks = 0
  const counted: ProxyHandler<Piece[]> = {
    get(pieces, name, receiver) {
      looks += 1
      return Reflect.get(pieces, name, receiver)
    },
  }
  const parts = parse(new Proxy(pieces, counted), socials, verbs)
  assert.ok(looks < 50 * pieces.length, `${looks} looks at ${pieces.length} pieces`)
  return parts
}

test('each piece is looked at a few times, however many quotations there are before and behind it', () => {
  for (const quotation of [['"', '"'], ['“', '”'], ['"'], ['“'], ['“', '"', '”']]) {
    const texts = ['hug', ...Array.from({ length: 2_000 }, () => quotation).flat()]
    const parts = parsed(texts.map((text): Piece => ({ text, word: text === 'hug' })))
    assert.equal(parts.slice(1), texts.slice(1), quotation.join(''))
  }
})

test('each piece is looked at a few times, however often somebody is named who is called as an adverb is', () => {
  const billy = { name: 'Billy' }
  const blank: Piece = { text: ' ', word: false }
  const named = Array.from({ length: 2_000 }, () => [blank, { text: 'billy', word: true, person: billy }])
  parsed([{ text: 'hug', word: true }, ...named.flat()])
})

test.run()
