// time limit: 300 s
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runCommandLine } from '../../../lib/cli/cli.js'
import { commands } from '../../../lib/cli/commands/index.js'
import { built, ROOT } from '../../support/node.js'
import { folder, mara, screen } from '../support.js'

const rooms = suite('cli/commands/rooms')

const WORLD = `store: room
key: hall
name: The hall
exits: { north: pool }
---
store: room
key: pool
name: The pool
exits: { south: hall }
`

async function run(words: readonly string[], columns = 80) {
  const io = screen({ isTTY: true, columns })
  const code = await runCommandLine(['rooms', ...words], commands, io)
  return { code, out: io.out(), err: io.err() }
}

async function checked(text: string, ...options: string[]) {
  const dir = folder({ 'world.yaml': text })
  const { code, out, err } = await run([path.join(dir, 'world.yaml'), ...options])
  return { code, err, out: out.replaceAll(`${dir}/`, '') }
}

rooms('a world that holds together is drawn, with exit code 0', async () => {
  assert.equal(await checked(WORLD), {
    code: 0,
    err: '',
    out: [
      '[The pool]',
      '     │',
      '[*The hall]',
      '',
      '* people begin here',
      '',
      '2 rooms, 2 exits, 1 part: no errors, no warnings.',
      '',
    ].join('\n'),
  })
})

rooms('errors and warnings are told apart, all of them, and errors end with exit code 1', async () => {
  const { code, out } = await checked(
    `${WORLD}---\nstore: room\nkey: attic\nexits: { inward: hall, down: cellar, north: 5 }\n---\nstore: room\nkey: pool\n`,
  )
  assert.is(code, 1)
  const [, end = ''] = out.split('Warnings (2):\n')
  assert.equal(end.split('\n'), [
    '  world.yaml, room "attic": it has no name',
    '  world.yaml, room "attic": no way leads there from "hall"',
    '',
    'Errors (4):',
    '  world.yaml, line 13, room "attic", exit north: expected the key of a room, in quotation marks where it is a number',
    '  world.yaml, line 16, room "pool": the key pool is already used in document 2, line 6',
    '  world.yaml, room "attic", exit inward: there is no such direction; there are north, south, east, west, northeast, northwest, southeast, southwest, up, down',
    '  world.yaml, room "attic", exit down: it leads to the undefined room "cellar"',
    '',
    '3 rooms, 5 exits, 2 parts: 4 errors, 2 warnings.',
    '',
  ])
})

rooms('warnings alone end with exit code 0', async () => {
  const { code, out } = await checked(WORLD.replace('exits: { south: hall }', ''))
  assert.is(code, 0)
  assert.match(out, /Warnings \(2\):\n {2}world\.yaml, room "hall", exit north: it leads one way to "pool"/)
  assert.not.match(out, /Errors/)
})

rooms('documents of other stores, and fields of the program, are named and are no errors', async () => {
  const { code, out } = await checked(
    `${WORLD}lamp: true\n---\nstore: user\nkey: ann\nhome: hall\n---\nstore: user\nkey: bob\n`,
  )
  assert.is(code, 0)
  assert.match(out, /\nDocuments of other stores were not checked: 2 of user\.\n/)
  assert.match(out, /\nFields that the program's class of rooms must have: lamp \(1 of 2 rooms\)\.\n/)
})

rooms('--start says where people begin', async () => {
  assert.match((await checked(WORLD, '--start=POOL')).out, /\[\*The pool\]/)
  const { code, out } = await checked(WORLD, '--start=cellar')
  assert.is(code, 1)
  assert.match(out, /the room "cellar", where people begin, is not defined/)
})

rooms('the picture is written where --svg says, also of a world with errors', async () => {
  const dir = folder({ 'world.yaml': WORLD.replace('pool }', 'pond }') })
  const svg = path.join(dir, 'map.svg')
  const { code, err } = await run([path.join(dir, 'world.yaml'), `--svg=${svg}`])
  assert.is(code, 1)
  assert.is(err, `The picture is in ${svg}.\n`)
  assert.match(readFileSync(svg, 'utf8'), /^<svg .*>The hall<.*north to pond, which is not.*<\/svg>\n$/s)
  const wrong = await run([path.join(dir, 'world.yaml'), `--svg=${dir}/no/map.svg`])
  assert.is(wrong.code, 1)
  assert.match(wrong.err, /^The picture can't be written: ENOENT/)
})

rooms('--json prints what was found as data, which no control character leaves', async () => {
  const { code, out } = await checked(WORLD.replace('The pool', '"\\e[2J\\x9b pool"'), '--json')
  assert.is(code, 0)
  assert.not.match(out, /[^\n\P{Cc}]/u)
  const { worlds } = JSON.parse(out)
  assert.is(worlds.length, 1)
  const [
    {
      start,
      rooms: [hall, pool],
      ...found
    },
  ] = worlds
  assert.equal([start, found], ['hall', { problems: [], warnings: [], notes: [] }])
  assert.equal([hall.key, hall.part, hall.column, hall.row], ['hall', 0, 0, 1])
  assert.equal(
    [pool.name, pool.row, pool.exits],
    ['\u001b[2J\u009b pool', 0, [{ direction: 'south', target: 'hall' }]],
  )
})

rooms('a file that is not there, has no rooms or is no YAML is told about, with exit code 1', async () => {
  const missing = await run(['no/such.yaml'])
  assert.equal([missing.code, missing.out, missing.err], [1, '', 'There is no file no/such.yaml.\n'])
  const empty = await checked('# nothing\n')
  assert.equal([empty.code, empty.out], [1, ''])
  assert.match(empty.err, /world\.yaml has no rooms\. The document of a room begins with "store: room"\.\n/)
  const broken = await checked('store: [room\n')
  assert.is(broken.code, 1)
  assert.match(broken.out, /Errors \(1\):\n {2}world\.yaml, line 2, document 1: /)
})

rooms('a program is checked with all of its rooms and guards, and is not started', async () => {
  const svg = path.join(folder(), 'mud.svg')
  const { code, out, err } = await mara(['rooms', 'examples/mud/main.ts', '--svg', svg])
  assert.equal([code, err], [0, `The picture is in ${svg}.\n`])
  // The page shows what is printed, and the picture.
  const page = readFileSync('docs/contrib/rooms.md', 'utf8')
  assert.ok(page.includes(`\`\`\`text\n$ npx mara rooms examples/mud/main.ts\n${out}\`\`\`\n`), out)
  assert.is(readFileSync('docs/contrib/rooms.svg', 'utf8'), readFileSync(svg, 'utf8'))
})

const imports = (what: string, from: string) =>
  `import { ${what} } from ${JSON.stringify(path.join(ROOT, built(`lib/${from}`)))}\n`

const PROGRAM = [
  imports('Service', 'index.ts'),
  imports('BaseRoom, World, withRoom', 'contrib/rooms/index.ts'),
  imports('BaseUser, Users', 'contrib/users/index.ts'),
  'const make = (start) => new World(new Users(new Service(), User), Room, { start })',
  'class User extends withRoom(BaseUser) {}',
  'class Room extends BaseRoom {}',
].join('\n')

rooms('a program that only makes its world, or several, or none', async () => {
  const dir = folder({
    'two.mjs': `${PROGRAM}\nmake('a').define('a', { name: 'A' })\nmake('b').define('c', { name: 'C', exits: { up: 'd' } })\n`,
    'none.mjs': 'console.log(1)\n',
    'package.json': '{}',
  })
  const two = await mara(['rooms', `${dir}/two.mjs`])
  assert.is(two.err, '')
  assert.is(two.code, 1)
  assert.match(two.out, /1 room, no exits, 1 part: no errors, no warnings\.\n/)
  assert.match(two.out, /the program, room "c", exit up: it leads to the undefined room "d"/)
  assert.match(two.out, /the room "b", where people begin, is not defined/)
  const none = await mara(['rooms', `${dir}/none.mjs`])
  assert.is(none.code, 1)
  assert.match(none.err, /none\.mjs makes no World, so there are no rooms to check\.\n$/)
  const start = await run(['--start=a', `${dir}/two.mjs`])
  assert.match(start.err, /^--start is for files of rooms/)
  assert.ok(!existsSync(path.join(dir, 'data')))
})

rooms.run()
