import fc from 'fast-check'
import { Names } from 'mara-ts/contrib/users'
import { isKey } from 'mara-ts/storage'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('contrib/users/names')
const names = new Names()

test('names of one alphabet are names, whichever it is', () => {
  for (const name of [
    'ann',
    'Ann',
    'Ali',
    'R2D2',
    'Anna-Maria',
    'Zoë',
    'Žofie',
    'Straße',
    'Анна',
    'Άννα',
    '山田',
    'ターニャ',
    '김철수',
    'שרה',
    'علي',
  ]) {
    assert.is(names.problem(name), undefined, name)
    assert.ok(isKey(names.key(name)), name)
  }
})

test('what can be no name is refused with a reason', () => {
  const wrong: [name: string, reason: string][] = [
    ['', names.wrongCharacters],
    ['2fast', names.wrongCharacters],
    ['-ann', names.wrongCharacters],
    ['ann-', names.wrongCharacters],
    ['an--n', names.wrongCharacters],
    ['ann lee', names.wrongCharacters],
    ['ann_lee', names.wrongCharacters],
    ["o'neil", names.wrongCharacters],
    ['ann\u0007', names.wrongCharacters],
    ['ann\u202e', names.wrongCharacters],
    ['a\u200dnn', names.wrongCharacters],
    ['ann\u00ad', names.wrongCharacters],
    ['a\u0335nn', names.wrongCharacters],
    ['ann😀', names.wrongCharacters],
    ['\u3164', names.wrongCharacters],
    ['가\u1160', names.wrongCharacters],
    ['a٣', names.wrongCharacters],
    ['\ud800nn', names.wrongCharacters],
    ['аnn', names.severalAlphabets],
    ['annα', names.severalAlphabets],
    ['Me', names.notAvailable],
    ['ADMIN', names.notAvailable],
    ['Adm1n', names.notAvailable],
    ['systern', names.notAvailable],
    ['ѕуѕтем', names.notAvailable],
    ['constructor', names.notAvailable],
    ['nul', names.notAvailable],
    ['x'.repeat(21), names.tooLong()],
    ['x'.repeat(1_000_000), names.tooLong()],
    ['\ufdfa'.repeat(20), names.tooLong()],
    ['힣'.repeat(20), names.tooLong()],
  ]
  for (const [name, reason] of wrong) assert.is(names.problem(name), reason, name.slice(0, 30))
})

test('names that differ only in case, width or composition have one key', () => {
  for (const [one, other] of [
    ['ann', 'ANN'],
    ['ann', 'ａｎｎ'],
    ['zoë', 'ZOE\u0308'],
    ['Kim', '\u212aim'],
    ['straße', 'STRASSE'],
    ['Straße', 'STRAẞE'],
    ['ΣΟΦΟΣ', 'σοφος'],
    ['ﬁona', 'fiona'],
  ] as const) {
    assert.is(names.key(one), names.key(other), `${one} ${other}`)
  }
  assert.is(names.key('zoë'), 'zo_6j_')
})

test('no letter that there is has another key in upper or lower case', () => {
  const wrong: string[] = []
  for (let point = 0x41; point < 0x20000; point++) {
    const letter = String.fromCodePoint(point)
    if (names.problem(letter) !== undefined) continue
    for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
      if (names.key(other) !== names.key(letter)) wrong.push(`${letter} ${other}`)
    }
  }
  assert.equal(wrong, [])
})

test('different names have different keys, and every key is one', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      (one, other) => {
        for (const name of [one, other])
          if (names.problem(name) === undefined) assert.ok(isKey(names.key(name)))
        if (names.problem(one) !== undefined || names.problem(other) !== undefined) return
        const fold = (name: string) =>
          name.normalize('NFKC').trim().toLowerCase().toUpperCase().normalize('NFC')
        if (fold(one) !== fold(other)) assert.is.not(names.key(one), names.key(other))
      },
    ),
  )
})

test('names that look alike are similar', () => {
  const similar = (one: string, other: string) => {
    const looks = names.looks(names.key(other))
    return names.looks(names.key(one)).some((look) => looks.includes(look))
  }
  for (const [one, other] of [
    ['bill', 'BI1I'],
    ['zoe', 'zoë'],
    ['bob', 'b0b'],
    ['scope', 'ѕсоре'],
    ['Anna', 'Ánnà'],
    ['ole', 'øle'],
    ['topaz', 'τοραζ'],
    ['Anna', 'ΑΝΝΑ'],
    ['HANNAH', 'ΗΑΝΝΑΗ'],
    ['Yeti', 'Υετι'],
    ['bob', 'bᴑb'],
    ['bob', 'bꬽb'],
    ['guy', 'guɣ'],
    ['ruth', 'ꭇuth'],
    ['eve', 'ꬲve'],
    ['frank', 'ꜰrank'],
    ['ann', 'aꞥn'],
    ['mary', 'rnary'],
    ['aaron', 'ꜳron'],
    ['зоя', 'ҙоя'],
    ['\u05d5\u05d5', '\u05f0'],
    ['\u0643\u0631\u064a\u0645', '\u06a9\u0631\u06cc\u0645'],
    ['山口', '山ロ'],
    ['力', 'カ'],
    ['工', 'エ'],
    ['二', 'ニ'],
    ['土', '士'],
  ] as const) {
    assert.is(similar(one, other), true, `${one} ${other}`)
  }
  for (const [one, other] of [
    ['ann', 'anne'],
    ['bob', 'rob'],
    ['山田', '山本'],
    ['fay', 'ray'],
    ['mia', 'nia'],
    ['uwe', 'vwe'],
    ['θεα', 'οεα'],
    ['ηρα', 'υρα'],
    ['\u0628\u0646', '\u062a\u0646'],
  ] as const) {
    assert.is(similar(one, other), false, `${one} ${other}`)
  }
})

test('a look is what its letters look like: looking twice changes nothing', () => {
  const wrong: string[] = []
  for (let point = 0x30; point < 0x30000; point++) {
    const letter = String.fromCodePoint(point)
    if (names.problem(`a${letter}`) && names.problem(letter)) continue
    for (const look of names.looks(names.key(letter))) {
      const again = names.looks(names.key(look))
      if (again.join() !== look) wrong.push(`${letter} ${look} ${again}`)
    }
  }
  assert.equal(wrong, [])
})

test('keys that a program has made itself look as they are', () => {
  for (const key of ['so_key', '_zzzz_']) assert.equal(names.looks(key), [key])
})

test('a key of before ẞ was ss looks like the one that is made now, so nobody gets that beside it', () => {
  assert.equal(names.looks('stra_67_e'), names.looks(names.key('STRAẞE')))
})

test.run()
