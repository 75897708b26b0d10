import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from '../../../lib/contrib/language/parse.js'
import type { Piece } from '../../../lib/contrib/language/pieces.js'
import { socials } from '../../../lib/contrib/language/socials.js'
import { Verbs } from '../../../lib/contrib/language/verbs.js'

const verbs = new Verbs(Object.keys(socials))

test('each piece is looked at a few times, however many quotations there are before and behind it', () => {
  for (const quotation of [['"', '"'], ['“', '”'], ['"'], ['“'], ['“', '"', '”']]) {
    let looks = 0
    const texts = ['hug', ...Array.from({ length: 2_000 }, () => quotation).flat()]
    const counted: ProxyHandler<Piece[]> = {
      get(pieces, name, receiver) {
        looks += 1
        return Reflect.get(pieces, name, receiver)
      },
    }
    const pieces = texts.map((text): Piece => ({ text, word: text === 'hug' }))
    const parts = parse(new Proxy(pieces, counted), socials, verbs)
    assert.equal(parts.slice(1), texts.slice(1), quotation.join(''))
    assert.ok(
      looks < 50 * pieces.length,
      `${looks} looks at ${pieces.length} pieces of ${quotation.join('')}`,
    )
  }
})

test.run()
