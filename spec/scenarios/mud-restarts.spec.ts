// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
// The MUD, and a process that is replaced or lost at every moment of a conversation of three people: logins, ways through
// rooms, a key, a dream of one's own, a login that takes over, goodbyes. To the last byte they see what they see without.
import type { Scenario } from 'mara-ts/testing'
import { suite } from 'uvu'
import { act, saw, survives } from './restarts.js'

const test = suite('the MUD at every moment')

const SECRET = 'correct horse'
const CREATE = 'Create it? (yes/no) '
const NOTE = 'Note: your client will show what you type.'
const CHOOSE = 'Choose a password (8 characters or more): '
const REPEAT = 'Repeat the password: '
const LOBBY = ['The lobby', 'A small lobby with a tiled floor. The door to the east is made of iron.']
const LOBBY_EXITS = 'There are exits to the north, to the south and to the east.'
const POOL_EXITS = 'There is one exit to the south.'
const POOL = [
  'The pool',
  'Steam rises as you come in.',
  'A pool of clear, warm water.',
  'Something glitters at its bottom.',
  POOL_EXITS,
]
const VAULT_EXITS = 'There are exits to the west and down.'
const VAULT = ['The vault', 'Shelf upon shelf, and all of them empty.', VAULT_EXITS]
const DREAM = ['A dream', 'Wherever you look, you see only yourself.', 'There is one exit up.']

const play: Scenario['play'] = async (connect) => {
  const [ann, bob] = [await connect('ann'), await connect('bob')]
  await act(
    [ann, 'Name: ', 'ann'],
    [bob, 'Name: ', 'bob'],
    [ann, CREATE, 'yes'],
    [ann, CHOOSE, SECRET],
    [bob, CREATE, 'yes'],
    [ann, REPEAT, SECRET],
    [ann, LOBBY_EXITS, 'east'],
    [bob, CHOOSE, SECRET],
    [ann, 'The door is locked.', 'south'],
    [ann, "it's nice here.", 'n'],
    [ann, POOL_EXITS, 'gender she'],
    [ann, 'People speak of you'],
    [bob, REPEAT, SECRET],
    [ann, 'bob has connected'],
    [bob, LOBBY_EXITS, 'where ann'],
    [bob, 'ann is by the pool', 'say hello?'],
    [bob, 'You say: hello?'],
  )
  const cat = await connect('cat')
  await act(
    [cat, 'Name: ', 'cat'],
    [cat, CREATE, 'yes'],
    [cat, CHOOSE, SECRET],
    [cat, REPEAT, SECRET],
    [ann, 'cat has connected', 'dive'],
    [bob, 'cat appears from nowhere'],
    [ann, 'You come up with a key in your hand.'],
    [cat, LOBBY_EXITS, 'tell ann where is everybody?'],
    [cat, 'You tell ann: where is everybody?'],
    [ann, 'cat tells you: where is everybody?', 's'],
    [bob, 'ann enters from the north'],
    [cat, 'ann enters from the north'],
    [ann, LOBBY_EXITS, 'poke bob'],
    [bob, 'ann pokes you'],
    [cat, 'ann pokes bob', 'e'],
    [cat, 'The door is locked.'],
    [ann, 'You poke bob', 'e'],
    [bob, 'ann leaves to the east'],
    [cat, 'ann leaves to the east', "'gone"],
    [ann, VAULT_EXITS, 'd'],
    [bob, 'cat says: gone'],
    [ann, 'There is one exit up.', 'say alone?'],
    [cat, 'You say: gone', 'n'],
    [ann, 'You say: alone?', 'look'],
    [bob, 'cat leaves to the north'],
    [ann, 'There is one exit up.'],
    [cat, POOL_EXITS],
  )
  // Somebody who dreams comes from elsewhere, and whoever goes is gone.
  const again = await connect('ann again')
  await act(
    [again, 'Name: ', 'ANN'],
    [again, 'Password: ', 'wrong'],
    [again, 'Wrong password.'],
    [again, 'Name: ', 'ann'],
    [again, 'Password: ', SECRET],
    [again, 'There is one exit up.', 'where'],
    [ann, 'You have logged in from another connection. Goodbye.'],
    [again, 'You are in the dream'],
    [bob, 'ann has reconnected'],
    [cat, 'ann has reconnected', 'quit'],
    [cat, 'Goodbye.'],
    [bob, 'cat has left'],
    [again, 'cat has left', 'up'],
    [again, VAULT_EXITS, 'w'],
    [again, LOBBY_EXITS],
    [bob, 'ann enters from the east', 'quit'],
    [bob, 'Goodbye.'],
    [again, 'bob disappears', 'quit'],
    [again, 'Goodbye.'],
  )

  // Line by line, and nothing else.
  const created = (name: string): string[] => [
    `Name: No account is called ${name}.`,
    CREATE + NOTE,
    `${CHOOSE}${REPEAT}Account created.`,
    `Welcome, ${name}!`,
  ]
  saw(ann, [
    ...created('ann'),
    ...LOBBY,
    LOBBY_EXITS,
    'The door is locked.',
    "You think about leaving, but decide it's nice here.",
    'You go to the north',
    ...POOL,
    'People speak of you as she/her/her/herself.',
    'bob has connected',
    'cat has connected',
    'You come up with a key in your hand.',
    'cat tells you: where is everybody?',
    'You go to the south',
    ...LOBBY,
    'Here: bob, cat.',
    LOBBY_EXITS,
    'You poke bob',
    'You go to the east',
    ...VAULT,
    'You go downwards',
    ...DREAM,
    'You say: alone?',
    ...DREAM,
    'You have logged in from another connection. Goodbye.',
  ])
  saw(bob, [
    ...created('bob'),
    ...LOBBY,
    LOBBY_EXITS,
    'ann is by the pool',
    'You say: hello?',
    'cat has connected',
    'cat appears from nowhere',
    'ann enters from the north',
    'ann pokes you',
    'ann leaves to the east',
    'cat says: gone',
    'cat leaves to the north',
    'ann has reconnected',
    'cat has left',
    'ann enters from the east',
    'Goodbye.',
  ])
  saw(cat, [
    ...created('cat'),
    ...LOBBY,
    'Here: bob.',
    LOBBY_EXITS,
    'You tell ann: where is everybody?',
    'ann enters from the north',
    'ann pokes bob',
    'The door is locked.',
    'ann leaves to the east',
    'You say: gone',
    'You go to the north',
    ...POOL,
    'ann has reconnected',
    'Goodbye.',
  ])
  saw(again, [
    `Name: ${NOTE}`,
    'Password: Wrong password.',
    `Name: ${NOTE}`,
    'Password: Welcome, ann!',
    ...DREAM,
    'You are in the dream',
    'cat has left',
    'You go upwards',
    ...VAULT,
    'You go to the west',
    ...LOBBY,
    'Here: bob.',
    LOBBY_EXITS,
    'bob has left',
    'bob disappears',
    'Goodbye.',
  ])
}

survives(test, 'mud/main.ts', play, 60)

test.run()
