/** A service in a process with few file descriptors, and more who knock than there are. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { type Program, withProgram } from '../support/program.js'

const test = suite('emfile')

const FULL = 'The service is full. Please try again later.'

interface Crowd {
  readonly inside: Peer[]
  /** Those who were told that there is no room, and those who were closed without a word. */
  readonly told: Peer[]
  readonly closed: Peer[]
}

/** So many come at once, and each says something; gives them when all know where they are. */
async function crowd(port: number, count: number): Promise<Crowd> {
  const peers = await Promise.all(
    Array.from({ length: count }, () => Peer.connect({ host: '127.0.0.1', port })),
  )
  const result: Crowd = { inside: [], told: [], closed: [] }
  await Promise.all(
    peers.map(async (peer) => {
      peer.send('there\r\n')
      // Where the connection ends before a line there is none.
      const line = await peer.line().catch(() => undefined)
      if (line === undefined) result.closed.push(peer)
      else if (line === FULL) result.told.push(peer)
      else result.inside.push(peer)
    }),
  )
  return result
}

async function served(peers: readonly Peer[], what: string): Promise<void> {
  await Promise.all(
    peers.map(async (peer) => {
      peer.send(`${what}\r\n`)
      assert.is(await peer.line(), `hello ${what}`)
    }),
  )
}

/** How often its log says that descriptors have run out, and that they are free again. */
function said(program: Program): { out: number; free: number } {
  const messages = program.stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .filter(({ level }) => level !== 'info')
    .map(({ msg }) => msg)
  const count = (text: RegExp): number => messages.filter((message) => text.test(message)).length
  const result = {
    out: count(/^Out of file descriptors: new connections are turned/),
    free: count(/free again/),
  }
  assert.is(result.out + result.free, messages.length, messages.join('\n'))
  return result
}

async function withCrowd(
  body: (program: Program, port: number, first: Crowd) => Promise<void>,
): Promise<void> {
  await withProgram(
    ['spec/scenarios/fixtures/crowded.ts'],
    async (program) => {
      const [, port] = await program.find(/port (\d+)\n/)
      const first = await crowd(Number(port), 100)
      try {
        await body(program, Number(port), first)
      } finally {
        for (const peer of Object.values(first).flat()) peer.destroy()
      }
    },
    { files: 500 },
  )
}

async function advance(program: Program, ms: number): Promise<void> {
  program.tell(String(ms))
  await program.find(/advanced\n/)
}

test('of 100 who come where 40 more files may be open, those who find room stay and are served, the others are told; the log says it once', () =>
  withCrowd(async (program, _port, { inside, told, closed }) => {
    // One or two that Node itself had open may be closed by then.
    assert.ok(inside.length >= 35 && inside.length <= 42, `${inside.length} are inside`)
    assert.is(told.length + closed.length, 100 - inside.length)
    assert.is(closed.length, 0, 'closed without a word')
    for (const peer of told) assert.is(await peer.rest(), '')
    await served(inside, 'again')
    assert.equal(said(program), { out: 1, free: 0 })
  }))

test('as long as nobody leaves, time changes nothing: no room is announced, and the log does not repeat itself', () =>
  withCrowd(async (program, port, { inside }) => {
    for (let i = 0; i < 3; i++) {
      await advance(program, 10_000)
      const more = await crowd(port, 5)
      assert.is(more.told.length, 5)
    }
    await served(inside, 'again')
    assert.equal(said(program), { out: 1, free: 0 })
  }))

test('when some have left, the log says so once, as many others are let in, and it tells when it is full again', () =>
  withCrowd(async (program, port, { inside }) => {
    const leavers = inside.splice(0, 10)
    for (const peer of leavers) peer.end()
    await Promise.all(leavers.map((peer) => peer.rest()))
    await served(inside, 'still')
    await advance(program, 1_000)
    await program.find(/free again/, 'stderr')
    assert.equal(said(program), { out: 1, free: 1 })

    const next = await crowd(port, 10)
    assert.is(next.inside.length, 10)
    await advance(program, 10_000)
    assert.equal(said(program), { out: 1, free: 1 })
    const last = await crowd(port, 5)
    assert.is(last.told.length, 5)
    await served([...inside, ...next.inside], 'all')
    assert.equal(said(program), { out: 2, free: 1 })
    for (const peer of [...next.inside, ...last.told]) peer.destroy()
  }))

test('it stops politely while it is full', () =>
  withCrowd(async (program, _port, { inside }) => {
    program.signal('SIGTERM')
    for (const peer of inside) assert.is(await peer.rest(), '')
    assert.equal(await program.exit, { code: 0, signal: null })
    assert.equal(said(program), { out: 1, free: 0 })
  }))

test.run()
