import type { Profiler } from 'node:inspector'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Attribution, attribute, type ProfiledHandler } from '../../../lib/cli/profile/attribution.js'

const attribution = suite('cli/profile/attribution')

interface Tree {
  readonly name: string
  readonly url?: string
  readonly line?: number
  /** Milliseconds in itself. */
  readonly self?: number
  readonly calls?: readonly Tree[]
}

/** A profile as V8 writes it. */
function profileOf(...calls: Tree[]): Profiler.Profile {
  const nodes: Profiler.ProfileNode[] = []
  const samples: number[] = []
  const timeDeltas: number[] = [5_000]
  const add = ({ name, url = '', line = 0, self = 0, calls = [] }: Tree): number => {
    const id = nodes.length + 1
    const callFrame = { functionName: name, scriptId: url, url, lineNumber: line, columnNumber: 0 }
    const children: number[] = []
    nodes.push({ id, callFrame, children })
    if (self > 0) {
      samples.push(id)
      timeDeltas.push(self * 1_000)
    }
    for (const call of calls) children.push(add(call))
    return id
  }
  add({ name: '(root)', calls })
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0)
  timeDeltas.pop()
  return { nodes, samples, timeDeltas, startTime: 0, endTime }
}

const FILE = 'file:///chat.js'
const place = (line: number) => ({ scriptId: FILE, lineNumber: line, columnNumber: 0 })
const greet: ProfiledHandler = { name: 'greet', places: [place(10)] }
const login: ProfiledHandler = { name: 'Login', places: [place(20), place(21), place(22)] }

const of = (...calls: Tree[]): Attribution =>
  attribute(profileOf(...calls), [greet, login], (url) => url.includes('/mara/'))

attribution("a handler's own time and that of what it calls, its own functions or others'", () => {
  const { handlers } = of({
    name: 'run',
    url: 'file:///mara/run.js',
    self: 1,
    calls: [
      {
        name: 'greet',
        url: FILE,
        line: 10,
        self: 2,
        calls: [
          { name: 'helper', url: FILE, line: 50, self: 3 },
          {
            name: 'write',
            url: 'file:///mara/write.js',
            self: 4,
            calls: [{ name: 'writev', url: 'node:net', self: 5 }],
          },
        ],
      },
    ],
  })
  assert.equal(handlers.get(greet), { self: 2_000, total: 14_000 })
  assert.equal(handlers.get(login), { self: 0, total: 0 })
})

attribution('a handler that goes on after an await is the same handler', () => {
  const { handlers } = of(
    { name: 'greet', url: FILE, line: 10, self: 2 },
    { name: 'tick', url: 'node:internal', calls: [{ name: 'greet', url: FILE, line: 10, self: 3 }] },
  )
  assert.equal(handlers.get(greet), { self: 5_000, total: 5_000 })
})

attribution('all steps of a class are one handler, and one that calls another is not counted twice', () => {
  const { handlers } = of({
    name: 'handler_10',
    url: FILE,
    line: 21,
    self: 1,
    calls: [{ name: 'handler_20', url: FILE, line: 22, self: 2 }],
  })
  assert.equal(handlers.get(login), { self: 3_000, total: 3_000 })
})

attribution('a handler within a handler has its own time, and the outer one has both in its total', () => {
  const { handlers } = of({
    name: 'greet',
    url: FILE,
    line: 10,
    self: 1,
    calls: [{ name: 'Login', url: FILE, line: 20, self: 2 }],
  })
  assert.equal(handlers.get(greet), { self: 1_000, total: 3_000 })
  assert.equal(handlers.get(login), { self: 2_000, total: 2_000 })
})

attribution("a function that no handler called is the program's, under its own name", () => {
  const { functions, rest } = of({
    name: 'later',
    url: FILE,
    line: 30,
    self: 1,
    calls: [
      { name: 'writev', url: 'node:net', self: 2 },
      { name: 'inner', url: FILE, line: 31, self: 4 },
    ],
  })
  const all = [...functions.values()].map(({ frame, spent }) => [frame.functionName, spent])
  assert.equal(all, [['later', { self: 1_000, total: 7_000 }]])
  assert.is(rest.node, 0)
})

attribution('the rest is told by whose it is, and nothing is lost or counted twice', () => {
  const { rest, duration } = of(
    { name: '(idle)', self: 1 },
    { name: '(garbage collector)', self: 2 },
    { name: '(program)', self: 4 },
    { name: 'turn', url: 'file:///mara/executor.js', self: 8, calls: [{ name: 'push', self: 16 }] },
    { name: 'write', url: 'node:net', self: 32 },
    { name: 'parse', url: 'file:///x/node_modules/zod/index.js', self: 64 },
  )
  assert.equal(rest, { idle: 1_000, garbage: 2_000, node: 36_000, mara: 24_000, packages: 64_000 })
  assert.is(duration, 127_000)
})

attribution('a stack as deep as a program can make it is read', () => {
  const depth = 50_000
  const nodes = Array.from({ length: depth }, (_, i): Profiler.ProfileNode => {
    const callFrame = {
      functionName: 'f',
      scriptId: FILE,
      url: FILE,
      lineNumber: i === 0 ? 10 : 98,
      columnNumber: 0,
    }
    return { id: i, callFrame, children: i + 1 < depth ? [i + 1] : [] }
  })
  const profile = { nodes, samples: [depth - 1], timeDeltas: [0], startTime: 0, endTime: 1_000 }
  const { handlers } = attribute(profile, [greet], () => false)
  assert.equal(handlers.get(greet), { self: 0, total: 1_000 })
})

attribution('a profile in which nothing was seen says nothing', () => {
  const { duration, handlers } = attribute({ nodes: [], startTime: 0, endTime: 0 }, [greet], () => false)
  assert.is(duration, 0)
  assert.equal(handlers.get(greet), { self: 0, total: 0 })
})

attribution.run()
