import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { BackendError, Store, type UnreadableError, YamlError } from '../../lib/storage/index.js'
import { keysOf, openStores, rejection } from './support/people.js'
import { temporaryDirectory } from './support/temporary.js'

const test = suite('storage yaml')

const directory = temporaryDirectory()
let files = 0

function yaml(text: string | Uint8Array): string {
  const path = join(directory, `${++files}.yaml`)
  writeFileSync(path, text)
  return path
}

/** The problems of a file as `document:line: message`. */
async function problemsOf(text: string, loadOf: 'rooms' | 'users' = 'rooms') {
  const opened = await openStores()
  const path = yaml(text)
  const error = await rejection<YamlError>(opened[loadOf].loadYaml(path))
  assert.instance(error, YamlError)
  assert.is(error.path, path)
  assert.equal(opened[loadOf].active(), [], 'nothing of the file is loaded')
  for (const { document, line, message } of error.problems) {
    assert.ok(error.message.includes(`${path}, document ${document}, line ${line}: ${message}`))
  }
  return error.problems.map(({ document, line, message }) => `${document}:${line}: ${message}`)
}

const HOUSE = `# A house.
key: Hall
title: The hall
exits:
  down: cellar
  up: attic
---
key: cellar
title: The cellar
owner: ann
exits: { up: hall }
---
`

test('each document makes an object, active and not saved', async () => {
  const { rooms, backend } = await openStores()
  const [hall, cellar, ...none] = await rooms.loadYaml(yaml(HOUSE))
  assert.equal(none, [])
  assert.is(rooms.get('hall'), hall)
  assert.is(cellar?.title, 'The cellar')
  assert.equal(keysOf(rooms.active()), ['cellar', 'hall'])
  assert.equal(await backend.list('room'), [])
  await hall?.save()
  assert.equal(await backend.list('room'), ['hall'])
})

test('keys become references: forward, back, to what is not there, to another kind', async () => {
  const { users, rooms } = await openStores()
  const [hall, cellar] = await rooms.loadYaml(yaml(HOUSE))
  const ann = await users.create('ann')
  assert.is(hall?.exits.down?.get(), cellar)
  assert.is(cellar?.exits.up?.get(), hall)
  assert.is(await hall?.exits.up?.load(), undefined)
  assert.is(cellar?.owner?.get(), ann)
})

test('where there is an object already, the named fields are set on it and the others stay', async () => {
  const { rooms, users, backend } = await openStores()
  await backend.write('room', 'hall', '{"title":"old","owner":"bob","colour":"red"}')
  const cellar = await rooms.create('cellar', { title: 'old', exits: { up: rooms.ref('x') } })
  const [hall, again] = await rooms.loadYaml(yaml('key: hall\ntitle: new\n---\nkey: cellar\ntitle: new\n'))
  assert.equal([hall?.title, hall?.owner?.key], ['new', 'bob'])
  assert.is(again, cellar)
  assert.equal([cellar.title, Object.keys(cellar.exits)], ['new', ['up']])
  await hall?.save()
  assert.equal(JSON.parse((await backend.read('room', 'hall')) ?? '').colour, 'red')
  assert.is(users.get('bob'), undefined)
})

test('loading a file again gives the same objects', async () => {
  const { rooms } = await openStores()
  const path = yaml(HOUSE)
  const first = await rooms.loadYaml(path)
  const second = await rooms.loadYaml(path)
  assert.ok(first.every((room, i) => room === second[i]))
})

test('a document is enough where what is saved is damaged, which is reported and kept', async () => {
  const { stores, rooms, backend } = await openStores()
  const reports: UnreadableError[] = []
  stores.onUnreadable((error) => reports.push(error))
  await backend.write('room', 'hall', '{ torn')
  for (let i = 0; i < 2; i++) {
    const [hall] = await rooms.loadYaml(yaml('key: hall\ntitle: new\n'))
    assert.is(hall?.title, 'new')
    assert.is(reports.length, 1)
    if (hall) rooms.release(hall)
  }
  assert.is(await backend.read('room', 'hall.damaged'), '{ torn')
})

test('an empty file, or one of comments, makes nothing', async () => {
  const { rooms } = await openStores()
  for (const text of ['', '# nothing\n', '---\n---\n', '\n'])
    assert.equal(await rooms.loadYaml(yaml(text)), [])
})

test('a key is read as it is written, not as the number it may look like', async () => {
  const { users } = await openStores()
  const made = await users.loadYaml(yaml('key: 007\n---\nkey: 1e3\n---\nkey: true\n---\nkey: "0"\n'))
  assert.equal(keysOf(made), ['007', '1e3', 'true', '0'])
})

test('everything wrong in a file is said at once, each by document and line', async () => {
  const problems = await problemsOf(`key: hall
title: 5
exits:
  up: attic
  down: 7
  north:
    - x
---
key: cellar
titel: The cellar
title: The cellar
---
title: no key
---
key: ../up
title: x
---
- a list
---
key: hall
title: twice
`)
  const expected = [
    /^1:2: title: .*string/,
    /^1:5: exits\.down: .*string/,
    /^1:6: exits\.north: .*string/,
    /^2:10: room has no field titel/,
    /^3:13: the field key is missing/,
    /^4:15: "\.\.\/up" cannot be a key of room/,
    /^5:18: expected a mapping/,
    /^6:20: .*hall.*document 1, line 1/,
  ]
  assert.is(problems.length, expected.length, problems.join('\n'))
  expected.forEach((pattern, i) => {
    assert.match(problems[i] ?? '', pattern)
  })
})

test('two documents of one key are refused, and both are named', async () => {
  const [problem] = await problemsOf('key: hall\ntitle: a\n---\n\nkey: Hall\ntitle: b\n')
  assert.match(problem ?? '', /^2:5: .*hall.*document 1, line 1/)
})

test('a field without a default that is missing is refused, where the document begins', async () => {
  assert.equal(await problemsOf('# c\n---\nkey: a\ntitle: x\n---\n# c\nkey: b\n'), [
    '2:7: the field title has no default and is missing',
  ])
})

test('what is no YAML is refused by line', async () => {
  const [syntax = ''] = await problemsOf('key: hall\ntitle: "open\n')
  assert.match(syntax, /^1:\d+: /)
  const [twice = ''] = await problemsOf('key: hall\ntitle: a\ntitle: b\n')
  assert.match(twice, /^1:3: .*unique/)
  const [alias = ''] = await problemsOf('key: hall\ntitle: *nobody\n')
  assert.match(alias, /^1:.*nobody/)
})

test('a problem in a list is said at its line', async () => {
  const [problem = ''] = await problemsOf('key: ann\nfriends:\n  - bob\n  - 7\n', 'users')
  assert.match(problem, /^1:4: friends\.1: /)
})

test('aliases are followed, and a problem behind one is said where it was written', async () => {
  const { rooms } = await openStores()
  const [, cellar] = await rooms.loadYaml(
    yaml('key: hall\ntitle: a\n---\nkey: cellar\ntitle: b\nexits: { b: &x x, a: *x }\n'),
  )
  assert.is(cellar?.exits.a?.key, 'x')
  const problems = await problemsOf('key: hall\ntitle: a\nowner: &m\n  up: 5\nexits: *m\n')
  assert.equal(
    problems.map((problem) => problem.replace(/: Invalid.*/, '')),
    ['1:3: owner', '1:4: exits.up'],
  )
})

test('aliases that would unfold beyond measure are refused', async () => {
  const bomb = ['key: hall', 'title: x', 'exits:', '  a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [now, before] of [
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'c'],
    ['e', 'd'],
  ]) {
    bomb.push(`  ${now}: &${now} [${Array(10).fill(`*${before}`).join(', ')}]`)
  }
  const [problem = ''] = await problemsOf(`${bomb.join('\n')}\n`)
  assert.match(problem, /alias/i)
})

const WORLD = `store: room
key: hall
title: The hall
owner: ann
---
store: User
key: ann
home: hall
---
store: user
key: hall
`

test('documents that name their store are loaded together, in the order of the file', async () => {
  const { stores, users, rooms, backend } = await openStores()
  await backend.write('user', 'hall', '{"visits":5}')
  const objects = await stores.loadYaml(yaml(WORLD))
  assert.equal(
    objects.map(({ ref }) => String(ref)),
    ['room/hall', 'user/ann', 'user/hall'],
  )
  assert.is(rooms.get('hall')?.owner?.get(), users.get('ann'))
  assert.is(users.get('ann')?.home?.get(), rooms.get('hall'))
  assert.is(users.get('hall')?.visits, 5)
})

test('a document may name its store where only that one is loaded', async () => {
  const { rooms } = await openStores()
  const [hall] = await rooms.loadYaml(yaml('store: room\nkey: hall\ntitle: The hall\n'))
  assert.is(hall?.title, 'The hall')
  assert.not.ok('store' in (hall ?? {}))
})

test('a document of another store than the one that is loaded is refused, and the message shows the way', async () => {
  assert.equal(await problemsOf('key: hall\ntitle: x\n---\nstore: user\nkey: ann\n'), [
    '2:4: this document belongs to the store user, but only room is loaded here: load the file with stores.loadYaml()',
  ])
})

test('what is wrong with any document keeps all stores of the file as they are', async () => {
  const { stores, users, rooms } = await openStores()
  const path = yaml(`store: room
key: hall
title: a
---
key: ann
---
store: usr
key: ann
---
store: [user]
key: ann
---
store: user
key: ann
---
store: user
key: Ann
title: x
---
store: room
key: cellar
`)
  const error = await rejection<YamlError>(stores.loadYaml(path))
  assert.equal(
    error.problems.map(({ document, line, message }) => `${document}:${line}: ${message}`),
    [
      '2:5: the field store must name one of the stores party, room, user',
      '3:7: there is no store usr, only party, room, user: call stores.manager() with its class first',
      '4:10: the field store must name one of the stores party, room, user',
      '6:18: user has no field title',
      '6:17: the key ann is already used in document 5, line 13',
    ],
  )
  assert.instance(
    await rejection(stores.loadYaml(yaml('store: room\nkey: a\n---\nstore: user\nkey: b\n'))),
    YamlError,
  )
  assert.equal([...users.active(), ...rooms.active()], [])
})

test('where a class has a field store, that is the field', async () => {
  class Item extends Store.define('item', { store: z.string() }) {}
  const { stores } = await openStores()
  const items = stores.manager(Item)
  const [lamp] = await items.loadYaml(yaml('key: lamp\nstore: attic\n'))
  assert.is(lamp?.store, 'attic')
  const error = await rejection(stores.loadYaml(yaml('key: lamp\nstore: item\n')))
  assert.match(error.message, /line 2: item has a field store.*its manager/)
})

test('session fields can be given too', async () => {
  const { users } = await openStores()
  const [ann] = await users.loadYaml(yaml('key: ann\nhere: true\n'))
  assert.is(ann?.here, true)
})

test('names that mean something on every object are refused like any field that there is not', async () => {
  assert.match(
    (await problemsOf('key: hall\ntitle: a\n__proto__: { owner: ann }\n'))[0] ?? '',
    /^1:3: room has no field __proto__/,
  )
  assert.match((await problemsOf('key: hall\ntitle: a\nsave: x\n'))[0] ?? '', /^1:3: room has no field save/)
})

test('a file that is not UTF-8 is an error, and loads no other characters in their place', async () => {
  const text = 'key: cafe\ntitle: Café\n'
  for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
    const { rooms } = await openStores()
    const path = yaml(bytes)
    const error = await rejection<BackendError>(rooms.loadYaml(path))
    assert.instance(error, BackendError)
    assert.is(error.message, `Cannot read ${path}: it is not UTF-8. Save it as UTF-8 with an editor.`)
    assert.equal(rooms.active(), [])
  }
  const { rooms } = await openStores()
  const [cafe] = await rooms.loadYaml(yaml(`\uFEFF${text}`))
  assert.is(cafe?.title, 'Café', 'a mark of UTF-8 at the beginning is no part of the text')
})

test('a file that cannot be read is an error that names the path', async () => {
  const { rooms } = await openStores()
  const path = join(directory, 'nowhere.yaml')
  const error = await rejection<BackendError>(rooms.loadYaml(path))
  assert.instance(error, BackendError)
  assert.equal([error.path, error.systemCode], [path, 'ENOENT'])
  assert.ok(error.message.includes(path))
  const reason = new Error('enough')
  assert.is(await rejection(rooms.loadYaml(path, { signal: AbortSignal.abort(reason) })), reason)
})

test.run()
