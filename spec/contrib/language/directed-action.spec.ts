import fc from 'fast-check'
import { InvalidOptionError } from 'mara-ts'
import {
  directedAction,
  he,
  it,
  type Person,
  parsePronouns,
  she,
  socials,
  they,
} from 'mara-ts/contrib/language'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const ann: Person = { name: 'Ann', pronouns: she }
const bob: Person = { name: 'Bob', pronouns: he }
const cat: Person = { name: 'Cat', pronouns: they }
const dot: Person = { name: 'dot', pronouns: it }
const xan: Person = { name: 'Xan', pronouns: parsePronouns('xe/xem/xyr/xemself') }
const people = [ann, bob, cat, dot, xan]

/** What a text becomes: for Ann, who acts; for Bob; for somebody who is not named. */
type Reading = [text: string, self: string, bob: string, others: string]

function rule(name: string, readings: Reading[]): void {
  test(name, () => {
    for (const [text, self, toBob, others] of readings) {
      const action = directedAction(text, people)
      assert.is(action.seenBy(ann, ann), self, text)
      assert.is(action.seenBy(bob, ann), toBob, text)
      assert.is(`Ann ${action.thirdPerson(undefined, ann)}`, others, text)
    }
  })
}

rule('a verb is followed by its preposition where a person comes right behind it', [
  ['dance bob', 'You dance with Bob', 'Ann dances with you', 'Ann dances with Bob'],
  ['dance with bob', 'You dance with Bob', 'Ann dances with you', 'Ann dances with Bob'],
  ['hug bob', 'You hug Bob', 'Ann hugs you', 'Ann hugs Bob'],
  ['dance', 'You dance', 'Ann dances', 'Ann dances'],
  ['dance slowly', 'You dance slowly', 'Ann dances slowly', 'Ann dances slowly'],
  ['wave everyone', 'You wave at everyone', 'Ann waves at everyone', 'Ann waves at everyone'],
  [
    'dance cat and bob',
    'You dance with Cat and Bob',
    'Ann dances with Cat and you',
    'Ann dances with Cat and Bob',
  ],
])

rule('case matters neither for the verb nor for names, and names keep their own', [
  ['Dance bob', 'You dance with Bob', 'Ann dances with you', 'Ann dances with Bob'],
  ['DANCE BOB', 'You dance with Bob', 'Ann dances with you', 'Ann dances with Bob'],
  ['wave DOT', 'You wave at dot', 'Ann waves at dot', 'Ann waves at dot'],
])

rule('a verb is conjugated whatever it ends in', [
  ['curtsey bob', 'You curtsey at Bob', 'Ann curtseys at you', 'Ann curtseys at Bob'],
  ['obey bob', 'You obey Bob', 'Ann obeys you', 'Ann obeys Bob'],
  ['annoy bob', 'You annoy Bob', 'Ann annoys you', 'Ann annoys Bob'],
  ['waltz bob', 'You waltz with Bob', 'Ann waltzes with you', 'Ann waltzes with Bob'],
  ['kiss bob', 'You kiss Bob', 'Ann kisses you', 'Ann kisses Bob'],
  ['cry', 'You cry', 'Ann cries', 'Ann cries'],
])

rule('whoever acts is meant by "me", by their own name, and by a reflexive that means nobody else', [
  ['poke me', 'You poke yourself', 'Ann pokes herself', 'Ann pokes herself'],
  ['poke myself', 'You poke yourself', 'Ann pokes herself', 'Ann pokes herself'],
  ['point at ann', 'You point at yourself', 'Ann points at herself', 'Ann points at herself'],
  ['point ann', 'You point at yourself', 'Ann points at herself', 'Ann points at herself'],
  ['smile at himself', 'You smile at yourself', 'Ann smiles at herself', 'Ann smiles at herself'],
  ['smile themselves', 'You smile at yourself', 'Ann smiles at herself', 'Ann smiles at herself'],
  ['pat my back', 'You pat your back', 'Ann pats her back', 'Ann pats her back'],
  ["pat ann's back", 'You pat your back', 'Ann pats her back', 'Ann pats her back'],
  [
    'grin: the cake is mine',
    'You grin: the cake is yours',
    'Ann grins: the cake is hers',
    'Ann grins: the cake is hers',
  ],
])

rule('"me" is no "myself" where somebody else acts', [
  [
    'smile because bob likes me',
    'You smile because Bob likes you',
    'Ann smiles because you like her',
    'Ann smiles because Bob likes her',
  ],
  [
    'smile because bob likes ann',
    'You smile because Bob likes you',
    'Ann smiles because you like her',
    'Ann smiles because Bob likes her',
  ],
  [
    'grin at bob watching me',
    'You grin at Bob watching you',
    'Ann grins at you watching her',
    'Ann grins at Bob watching her',
  ],
])

rule('a pronoun in the third person means the last one named whose pronoun it is', [
  ['hug bob and his dog', 'You hug Bob and his dog', 'Ann hugs you and your dog', 'Ann hugs Bob and his dog'],
  ["pet bob's dog", "You pet Bob's dog", 'Ann pets your dog', "Ann pets Bob's dog"],
  [
    'cheer bob and hug him',
    'You cheer Bob and hug him',
    'Ann cheers you and hugs you',
    'Ann cheers Bob and hugs him',
  ],
])

rule('a verb follows its subject', [
  [
    'smile at bob because he is nice',
    'You smile at Bob because he is nice',
    'Ann smiles at you because you are nice',
    'Ann smiles at Bob because he is nice',
  ],
  [
    "smile at bob because he's nice",
    "You smile at Bob because he's nice",
    "Ann smiles at you because you're nice",
    "Ann smiles at Bob because he's nice",
  ],
  [
    'smile at bob because he really dances well',
    'You smile at Bob because he really dances well',
    'Ann smiles at you because you really dance well',
    'Ann smiles at Bob because he really dances well',
  ],
  ['think I am great', 'You think you are great', 'Ann thinks she is great', 'Ann thinks she is great'],
  ["think I'm great", "You think you're great", "Ann thinks she's great", "Ann thinks she's great"],
  ["think I've won", "You think you've won", "Ann thinks she's won", "Ann thinks she's won"],
  ["think I'll win", "You think you'll win", "Ann thinks she'll win", "Ann thinks she'll win"],
  [
    'wonder why I love bob',
    'You wonder why you love Bob',
    'Ann wonders why she loves you',
    'Ann wonders why she loves Bob',
  ],
  ['wonder where am I', 'You wonder where are you', 'Ann wonders where is she', 'Ann wonders where is she'],
  [
    'smile because ann is happy',
    'You smile because you are happy',
    'Ann smiles because she is happy',
    'Ann smiles because she is happy',
  ],
])

rule('a new sentence has no preposition of the old one, and begins with a capital', [
  ['smile. bob is happy', 'You smile. Bob is happy', 'Ann smiles. You are happy', 'Ann smiles. Bob is happy'],
  ['smile, bob', 'You smile, Bob', 'Ann smiles, you', 'Ann smiles, Bob'],
])

rule('verbs that go on with the first one are conjugated, all others are not', [
  ['smile and wave', 'You smile and wave', 'Ann smiles and waves', 'Ann smiles and waves'],
  [
    'smile, wave and then quickly bow',
    'You smile, wave and then quickly bow',
    'Ann smiles, waves and then quickly bows',
    'Ann smiles, waves and then quickly bows',
  ],
  ['dream of a kiss', 'You dream of a kiss', 'Ann dreams of a kiss', 'Ann dreams of a kiss'],
  [
    'agree to really dance and sing',
    'You agree to really dance and sing',
    'Ann agrees to really dance and sing',
    'Ann agrees to really dance and sing',
  ],
  [
    'whisper to bob and smile',
    'You whisper to Bob and smile',
    'Ann whispers to you and smiles',
    'Ann whispers to Bob and smiles',
  ],
  [
    'hope they dance and sing',
    'You hope they dance and sing',
    'Ann hopes they dance and sing',
    'Ann hopes they dance and sing',
  ],
  [
    'hope they win because I dance and sing',
    'You hope they win because you dance and sing',
    'Ann hopes they win because she dances and sings',
    'Ann hopes they win because she dances and sings',
  ],
  [
    'hug cat because they dance and sing',
    'You hug Cat because they dance and sing',
    'Ann hugs Cat because they dance and sing',
    'Ann hugs Cat because they dance and sing',
  ],
  [
    'doubt that bob will dance',
    'You doubt that Bob will dance',
    'Ann doubts that you will dance',
    'Ann doubts that Bob will dance',
  ],
])

rule('what is quoted stays as it was said', [
  ['think "I love bob"', 'You think "I love bob"', 'Ann thinks "I love bob"', 'Ann thinks "I love bob"'],
  [
    'sing “poke me” to bob',
    'You sing “poke me” to Bob',
    'Ann sings “poke me” to you',
    'Ann sings “poke me” to Bob',
  ],
])

test('somebody who acts has their own pronouns: it, they, or any others', () => {
  const readings: [Person, string, string][] = [
    [bob, 'think I am great', 'thinks he is great'],
    [cat, 'think I am great', 'thinks they are great'],
    [dot, 'think I am great', 'thinks it is great'],
    [xan, 'think I am great', 'thinks xe is great'],
    [cat, 'hug me', 'hugs themselves'],
    [dot, 'hug me', 'hugs itself'],
    [xan, 'hug me and my dog', 'hugs xemself and xyr dog'],
    [cat, 'think I dance well', 'thinks they dance well'],
    [bob, 'think I dance well', 'thinks he dances well'],
    [cat, "think I'm great", "thinks they're great"],
    [{ name: 'Eve' }, 'hug me', 'hugs themselves'],
  ]
  for (const [person, text, expected] of readings) {
    assert.is(directedAction(text, people).thirdPerson(undefined, person), expected)
  }
})

test('pronouns of one who is named turn into "you" for them, whichever they are', () => {
  const readings: [Person, string, string][] = [
    [ann, 'hug ann and her dog', 'hugs you and your dog'],
    [ann, 'hug ann and kiss her', 'hugs you and kisses you'],
    [ann, 'hug ann and kiss her and bob', 'hugs you and kisses you and Bob'],
    [ann, 'hug ann because the cake is hers', 'hugs you because the cake is yours'],
    [cat, 'hug cat because they are nice', 'hugs you because you are nice'],
    [cat, 'pat cat on their back', 'pats you on your back'],
    [dot, 'pet dot because it is nice, and feed it', 'pets you because you are nice, and feed you'],
    [xan, 'hug xan and xyr dog, and thank xem', 'hugs you and your dog, and thanks you'],
    [bob, 'doubt bob because bob sees himself', 'doubts you because you see yourself'],
    [bob, 'hug bob. His dog barks', 'hugs you. Your dog barks'],
  ]
  for (const [target, text, expected] of readings) {
    assert.is(directedAction(text, people).thirdPerson(target, { name: 'Eve', pronouns: she }), expected)
  }
})

test('everyone sees themselves as "you", and all others by name', () => {
  const action = directedAction('dance around bob, pointing at cat and ann', people)
  assert.equal(action.users, [bob, cat, ann])
  assert.is(action.seenBy(ann, ann), 'You dance around Bob, pointing at Cat and yourself')
  assert.is(action.seenBy(bob, ann), 'Ann dances around you, pointing at Cat and herself')
  assert.is(action.seenBy(cat, ann), 'Ann dances around Bob, pointing at you and herself')
  assert.is(action.seenBy(dot, ann), 'Ann dances around Bob, pointing at Cat and herself')
})

test('people are named once, and the longest name that fits is meant', () => {
  const mary = { name: 'Mary' }
  const maryAnn = { name: 'Mary Ann' }
  const quill = { name: "O'Hara" }
  const both = directedAction("hug mary ann, mary, MARY and o'hara; maryland", [mary, maryAnn, quill])
  assert.equal(both.users, [maryAnn, mary, quill])
  assert.is(both.secondPerson(quill), 'hug Mary Ann, Mary, Mary and yourself; maryland')
})

test('a person who is called like a verb is one behind the first word', () => {
  const grin = { name: 'Grin' }
  assert.is(directedAction('grin at grin', [grin]).secondPerson(ann), 'grin at Grin')
  const action = directedAction('grin at bob grin', [...people, grin])
  assert.is(action.thirdPerson(bob, ann), 'grins at you Grin')
  const is = { name: 'Is' }
  assert.is(directedAction('grin at bob is', [...people, is]).thirdPerson(is, ann), 'grins at Bob you')
})

test('socials of a program of its own are known', () => {
  const options = { socials: { ...socials, boogie: 'with' } }
  const action = directedAction('boogie bob and wave', people, options)
  assert.is(action.seenBy(ann, ann), 'You boogie with Bob and wave')
  assert.is(action.seenBy(bob, ann), 'Ann boogies with you and waves')
  assert.is(directedAction('boogie bob', people).secondPerson(ann), 'boogie Bob')
})

test('names and words that objects inherit are words like any other', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const person = { name }
    assert.is(directedAction(`hug ${name}`, [person]).seenBy(person, ann), 'Ann hugs you')
    assert.is(
      directedAction(`${name} bob and ${name}'s`, people).secondPerson(ann),
      `${name} Bob and ${name}'s`,
    )
  }
})

const WORDS = [
  'hug',
  'smile',
  'dance',
  'bob',
  'ann',
  'cat',
  'dot',
  'xan',
  'I',
  'me',
  'my',
  'he',
  'her',
  'it',
  'they',
  'is',
  'am',
  "'s",
  '"',
  '“',
  '.',
  ',',
  'and',
  'to',
  'will',
  'really',
  'because',
  'himself',
  '__proto__',
]
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join('')),
)
const persons = fc.record({
  name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...WORDS)),
  pronouns: fc.constantFrom(she, he, they, it),
})

test('no text and no name makes it throw', () => {
  fc.assert(
    fc.property(texts, fc.array(persons), persons, (text, others, self) => {
      const action = directedAction(text, [...people, ...others, self])
      for (const reader of [self, ann, ...others]) action.seenBy(reader, self)
    }),
  )
})

test('names are written as their owners write them, whoever reads and however they were typed', () => {
  const cases = fc.constantFrom('toLowerCase', 'toUpperCase' as const) as fc.Arbitrary<
    'toLowerCase' | 'toUpperCase'
  >
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(socials)), cases, (verb, change) => {
      const text = `${verb} ${'Bob'[change]()}, ${'Cat'[change]()} and ${'dot'[change]()}`
      const action = directedAction(text, people)
      assert.match(action.secondPerson(ann), /Bob, Cat and dot$/)
      assert.match(action.thirdPerson(bob, ann), /you, Cat and dot$/)
      assert.match(action.thirdPerson(cat, ann), /Bob, you and dot$/)
    }),
  )
})

test('a text of 10,000 characters among 10,000 people is read at once', () => {
  const crowd = Array.from({ length: 10_000 }, (_, index): Person => ({ name: `a${index}`, pronouns: she }))
  for (const piece of ['a1 ', '“', '"', 'her ', 'I very ', 'a1 she ', "a1's ", '__proto__ ']) {
    const action = directedAction(`hug ${piece.repeat(10_000 / piece.length)}`, crowd)
    assert.type(action.thirdPerson(crowd[1], ann), 'string')
  }
})

test('what is no text, no people, no options or no person is refused, and the message says which', () => {
  const act = directedAction as (...args: unknown[]) => ReturnType<typeof directedAction>
  const action = act('hug bob', people)
  const refusals: [wrong: () => unknown, message: RegExp][] = [
    [() => act(5, people), /^directedAction\(\) got text: 5/],
    [() => act('hug'), /^directedAction\(\) got people: undefined .*expected a list of people/],
    [() => act('hug', 'bob'), /got people: bob/],
    [() => act('hug', ['bob']), /got person: bob .*expected a person, such as/],
    [() => act('hug', [null]), /got person: null/],
    [() => act('hug', [{ name: 'Bob', pronouns: 'he' }]), /got pronouns of person Bob: he .*parsePronouns/],
    [() => act('hug', people, null), /got options: null/],
    [() => act('hug', people, { social: {} }), /got social: .*expected one of these options: socials/],
    [() => act('hug', people, { socials: null }), /got socials: null/],
    [() => action.secondPerson(undefined as never), /^secondPerson\(\) got source: undefined/],
    [() => action.thirdPerson(undefined, 'ann' as never), /^thirdPerson\(\) got source: ann/],
    [() => action.thirdPerson(null as never, ann), /^thirdPerson\(\) got target: null/],
    [() => action.seenBy(undefined as never, ann), /^seenBy\(\) got reader: undefined/],
    [() => action.seenBy(ann, undefined as never), /^seenBy\(\) got source: undefined/],
  ]
  for (const [wrong, message] of refusals)
    assert.throws(wrong, (error: Error) => error instanceof InvalidOptionError && message.test(error.message))
})

test('people may come from an iterator', () => {
  assert.is(directedAction('hug bob', people.values()).seenBy(ann, ann), 'You hug Bob')
})

test.run()
