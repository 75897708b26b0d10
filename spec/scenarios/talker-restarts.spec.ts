// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
// The talker, and a process that is replaced or lost at every moment of a conversation of three people: logins, talk, a new
// password, a second login that takes over, goodbyes. To the last byte they see what they see without.
import type { Scenario } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { act, saw, survives } from './restarts.js'

const test = suite('the talker at every moment')

const SECRET = 'correct horse'
const NEW_SECRET = 'battery staple'
const CREATE = 'Create it? (yes/no) '
const CHOOSE = 'Choose a password (8 characters or more): '
const REPEAT = 'Repeat the password: '
const NOTE = 'Note: your client will show what you type.'
const RULE = '-'.repeat(80)

const play: Scenario['play'] = async (connect) => {
  // Three people at the door, each at another step.
  const [ann, bob, cat] = [await connect('ann'), await connect('bob'), await connect('cat')]
  await act(
    [ann, 'Name: ', 'all'],
    [ann, 'reserved'],
    [bob, 'Name: ', 'Bob'],
    [ann, 'Name: ', 'ann'],
    [bob, CREATE, 'maybe'],
    [cat, 'Name: ', 'cat'],
    [ann, CREATE, 'no'],
    [bob, 'Please answer yes or no.'],
    [ann, 'Name: ', 'ann'],
    [bob, CREATE, 'y'],
    [ann, CREATE, 'yes'],
    [bob, CHOOSE, 'short'],
    [ann, CHOOSE, SECRET],
    [bob, 'too short.'],
    [ann, REPEAT, `${SECRET}!`],
    [cat, CREATE, 'yes'],
    [ann, 'The passwords differ.'],
    [cat, CHOOSE, SECRET],
    [ann, CHOOSE, SECRET],
    [bob, CHOOSE, SECRET],
    [ann, REPEAT, SECRET],
    [ann, 'You are alone here.', "'is anybody here?"],
    [ann, 'You say: is anybody here?'],
    [bob, REPEAT, SECRET],
    [bob, 'Here: ann.', 'gender he'],
    [bob, 'People speak of you as he'],
    [ann, 'Bob has connected', 'gender she'],
    [ann, 'People speak of you as she'],
    [cat, REPEAT, SECRET],
    [cat, 'Here: ann, Bob.'],
    [bob, 'cat has connected'],
    [ann, 'cat has connected', 'say hi'],
  )
  // They talk.
  await act(
    [ann, 'You say: hi', 'emote smiles'],
    [bob, 'ann says: hi'],
    [cat, 'ann says: hi'],
    [ann, 'ann smiles', 'tell bob, cat psst'],
    [bob, 'ann smiles'],
    [cat, 'ann smiles'],
    [ann, 'You tell Bob and cat: psst', 'tell bob secret'],
    [bob, 'ann tells you and cat: psst'],
    [cat, 'ann tells you and Bob: psst'],
    [ann, 'You tell Bob: secret', 'point at ann'],
    [bob, 'ann tells you: secret'],
    [ann, 'You point at yourself', 'dance with bob'],
    [bob, 'ann points at herself'],
    [bob, 'ann dances with you', 'look foo'],
    [cat, 'ann dances with Bob', 'tell zed x'],
    [bob, 'Syntax: look', 'who'],
    [cat, 'Nobody here is called zed.', 'password'],
    [bob, RULE],
  )
  // A new password, and a stranger who tries the name meanwhile.
  const thief = await connect('thief')
  await act(
    [cat, 'Your old password: ', SECRET],
    [thief, 'Name: ', 'CAT'],
    [cat, 'Choose a new password (8 characters or more): ', NEW_SECRET],
    [thief, 'Password: ', 'wrong'],
    [thief, 'Wrong password.'],
    [cat, REPEAT, NEW_SECRET],
    [thief, 'Name: ', 'cat'],
    [cat, 'Password changed.'],
    [thief, 'Password: '],
  )
  // A second login takes over from the first.
  const again = await connect('bob again')
  await act(
    [again, 'Name: ', 'bob'],
    [again, 'Password: ', SECRET],
    [again, 'Here: ann, cat.'],
    [bob, 'You have logged in from another connection. Goodbye.'],
    [ann, 'Bob has reconnected', 'say who is there?'],
    [cat, 'Bob has reconnected'],
    [cat, 'ann says: who is there?'],
    [again, 'ann says: who is there?', 'tell cat me'],
    [ann, 'You say: who is there?'],
    [cat, 'Bob tells you: me', 'quit'],
    [again, 'You tell cat: me'],
    [cat, 'Goodbye.'],
    [ann, 'cat has left'],
    [again, 'cat has left'],
  )
  await thief.leave()
  // Who has left comes back, with the new password.
  const back = await connect('cat again')
  await act([back, 'Name: ', 'cat'], [back, 'Password: ', NEW_SECRET], [back, 'Here: ann, Bob.'])
  await act([ann, 'cat has connected'], [again, 'cat has connected', 'quit'], [again, 'Goodbye.'])
  await act(
    [ann, 'Bob has left', 'users'],
    [ann, 'Offline: Bob'],
    [ann, RULE],
    [back, 'Bob has left', 'quit'],
  )
  await act([back, 'Goodbye.'], [ann, 'cat has left', 'say alone'], [ann, 'You say: alone', 'quit'])
  await ann.sees('Goodbye.')

  // Line by line, and nothing else.
  const rule = (title: string): string => {
    const left = '-'.repeat((78 - title.length) / 2)
    return `${left} ${title} ${'-'.repeat(78 - title.length - left.length)}`
  }
  saw(ann, [
    'Name: That name is reserved. Please choose another one.',
    'Name: No account is called ann.',
    `${CREATE}Name: No account is called ann.`,
    CREATE + NOTE,
    `${CHOOSE}${REPEAT}The passwords differ.`,
    `${CHOOSE}${REPEAT}Account created.`,
    'Welcome, ann!',
    'You are alone here.',
    'You say: is anybody here?',
    'Bob has connected',
    'People speak of you as she/her/her/herself.',
    'cat has connected',
    'You say: hi',
    'ann smiles',
    'You tell Bob and cat: psst',
    'You tell Bob: secret',
    'You point at yourself',
    'You dance with Bob',
    'Bob has reconnected',
    'You say: who is there?',
    'cat has left',
    'cat has connected',
    'Bob has left',
    rule('Users'),
    'Online: ann and cat',
    'Offline: Bob',
    RULE,
    'cat has left',
    'You say: alone',
    'Goodbye.',
  ])
  saw(bob, [
    'Name: No account is called Bob.',
    `${CREATE}Please answer yes or no.`,
    CREATE + NOTE,
    `${CHOOSE}That password is too short.`,
    `${CHOOSE}${REPEAT}Account created.`,
    'Welcome, Bob!',
    'Here: ann.',
    'People speak of you as he/him/his/himself.',
    'cat has connected',
    'ann says: hi',
    'ann smiles',
    'ann tells you and cat: psst',
    'ann tells you: secret',
    'ann points at herself',
    'ann dances with you',
    'Syntax: look',
    rule('Online'),
    ...['ann', 'Bob', 'cat'].map((name) => `${name}  idle for a moment`),
    RULE,
    'You have logged in from another connection. Goodbye.',
  ])
  saw(cat, [
    'Name: No account is called cat.',
    CREATE + NOTE,
    `${CHOOSE}${REPEAT}Account created.`,
    'Welcome, cat!',
    'Here: ann, Bob.',
    'ann says: hi',
    'ann smiles',
    'ann tells you and Bob: psst',
    'ann points at herself',
    'ann dances with Bob',
    'Nobody here is called zed.',
    NOTE,
    `Your old password: ${NOTE}`,
    `Choose a new password (8 characters or more): ${REPEAT}Password changed.`,
    'Bob has reconnected',
    'ann says: who is there?',
    'Bob tells you: me',
    'Goodbye.',
  ])
  const asked = `Name: ${NOTE}`
  assert.is(thief.seen, `${asked}\nPassword: Wrong password.\n${asked}\nPassword: `)
  saw(again, [
    asked,
    'Password: Welcome, Bob!',
    'Here: ann, cat.',
    'ann says: who is there?',
    'You tell cat: me',
    'cat has left',
    'cat has connected',
    'Goodbye.',
  ])
  saw(back, [asked, 'Password: Welcome, cat!', 'Here: ann, Bob.', 'Bob has left', 'Goodbye.'])
}

survives(test, 'talker.ts', play, 80)

test.run()
