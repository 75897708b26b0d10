import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askAngel } from '../../lib/angel/ask.js'
import { makeSocketFolder, namedSocketPath, socketPath } from '../../lib/program/socket-path.js'
import { folder } from '../cli/support.js'
import { deferred, rejection, turns } from '../support/service.js'

const test = suite('angel/ask')

interface Place {
  readonly file: string
  /** The environment in which its angel would listen. */
  readonly env: NodeJS.ProcessEnv
  /** Listens as its angel would. @param name of the program, where it has several. */
  listen(attend: (socket: net.Socket, question: string) => void, name?: string): Promise<void>
}

/** A program of its own, and whoever speaks for its angel. */
async function placed(body: (place: Place) => Promise<void>): Promise<void> {
  const root = folder({ 'program.ts': '' })
  const env = { XDG_RUNTIME_DIR: path.join(root, 'runtime') }
  mkdirSync(env.XDG_RUNTIME_DIR)
  const file = path.join(root, 'program.ts')
  const servers: net.Server[] = []
  const listen: Place['listen'] = async (attend, name) => {
    const server = net.createServer((socket) => {
      let question = ''
      socket.setEncoding('utf8').on('data', (text: string) => {
        question += text
        if (text.endsWith('\n')) attend(socket, question)
      })
      socket.on('error', () => {})
    })
    servers.push(server)
    const where =
      name === undefined ? socketPath(file, 'control', env) : namedSocketPath(name, 'control', env)
    makeSocketFolder(where)
    server.listen(where)
    await once(server, 'listening')
  }
  try {
    await body({ file, env, listen })
  } finally {
    for (const server of servers) server.close()
  }
}

test('an angel is asked in one line, and what it answers is the answer', () =>
  placed(async ({ file, env, listen }) => {
    const questions: string[] = []
    await listen((socket, question) => {
      questions.push(question)
      socket.end('{"ok":true,"answer":{"worker":7}}\n')
    })
    assert.equal(await askAngel(file, 'restart', { force: true, env }), { worker: 7 } as never)
    assert.equal(await askAngel(file, 'status', { env }), { worker: 7 } as never)
    assert.equal(questions, ['{"ask":"restart","force":true}\n', '{"ask":"status"}\n'])
  }))

test('an answer is whole, wherever it was cut, and waited for as long as that takes', () =>
  placed(async ({ file, env, listen }) => {
    const come = deferred()
    await listen(async (socket) => {
      socket.setNoDelay(true)
      await come.promise
      for (const byte of Buffer.from('{"ok":true,"answer":{"divergences":["größer als 5 €"]}}\n')) {
        socket.write(Buffer.from([byte]))
        await turns(1)
      }
      socket.end()
    })
    let hasCome = false
    const answer = askAngel(file, 'preflight', { env }).finally(() => {
      hasCome = true
    })
    await turns(20)
    assert.not(hasCome)
    come.resolve()
    assert.equal(await answer, { divergences: ['größer als 5 €'] })
  }))

test('several who ask at once are answered each for itself', () =>
  placed(async ({ file, env, listen }) => {
    const waiting: net.Socket[] = []
    await listen((socket) => {
      waiting.push(socket)
      if (waiting.length < 3) return
      // The last one first.
      for (const [i, one] of [...waiting.entries()].reverse())
        one.end(JSON.stringify({ ok: true, answer: { angel: i } }))
    })
    const answers = await Promise.all([1, 2, 3].map(() => askAngel(file, 'status', { env })))
    assert.equal(answers.map(({ angel }) => angel).sort(), [0, 1, 2])
  }))

test('a program is asked for by the name that it was started by, and where none answers there, by the file that it is', () =>
  placed(async ({ file, env, listen }) => {
    const link = path.join(folder(), 'current.ts')
    symlinkSync(file, link)
    await listen((socket) => socket.end('{"ok":true,"answer":"of the file"}'))
    assert.equal(await askAngel(link, 'status', { env }), 'of the file' as never)
    await listen((socket) => socket.end('{"ok":true,"answer":"of the name"}'), link)
    assert.equal(await askAngel(link, 'status', { env }), 'of the name' as never)
    assert.equal(await askAngel(file, 'status', { env }), 'of the file' as never)
  }))

test('what the angel of the name answers counts, be it no answer at all', () =>
  placed(async ({ file, env, listen }) => {
    const link = path.join(folder(), 'current.ts')
    symlinkSync(file, link)
    let asked = 0
    await listen(() => {
      asked += 1
    })
    await listen((socket) => socket.end(''), link)
    assert.match(((await rejection(askAngel(link, 'stop', { env }))) as Error).message, /it broke off/)
    assert.is(asked, 0)
  }))

test('where nobody listens, or nobody any more, there is no angel', () =>
  placed(async ({ file, env }) => {
    const nobody = async (): Promise<void> => {
      const error = (await rejection(askAngel(file, 'status', { env }))) as Error & { code: string }
      assert.is(error.code, 'MARA_NO_ANGEL_RUNNING')
      assert.match(error.message, `No angel runs ${file}`)
      assert.match(error.message, `mara angel ${file}`)
    }
    await nobody()
    const where = socketPath(file, 'control', env)
    makeSocketFolder(where)
    // Its process was killed: the file is still there.
    const script = `require('node:net').createServer().listen('${where}2', () => process.kill(process.pid, 'SIGKILL'))`
    assert.is(spawnSync(process.execPath, ['-e', script]).signal, 'SIGKILL')
    renameSync(`${where}2`, where)
    await nobody()
  }))

test('an angel of another user is told as such', () =>
  placed(async ({ file, env, listen }) => {
    await listen(() => assert.unreachable())
    chmodSync(env.XDG_RUNTIME_DIR ?? '', 0)
    // Root may do all things, so it is somebody else for a moment.
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      const error = (await rejection(askAngel(file, 'status', { env }))) as Error & { code: string }
      assert.is(error.code, 'MARA_CONTROL')
      assert.match(error.message, /this user may not use its socket .*Ask as the user that has started it/)
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(env.XDG_RUNTIME_DIR ?? '', 0o700)
    }
  }))

test('a refused restart, tried out or not, fails with the reason of the angel; anything else that is refused, too', () =>
  placed(async ({ file, env, listen }) => {
    await listen((socket) => socket.end('{"ok":false,"reason":"it is broken"}\n'))
    for (const ask of ['restart', 'preflight'] as const) {
      const error = (await rejection(askAngel(file, ask, { env }))) as Error & {
        code: string
        reason: string
      }
      assert.equal([error.code, error.reason], ['MARA_RESTART_FAILED', 'it is broken'])
    }
    for (const ask of ['status', 'stop'] as const) {
      const error = (await rejection(askAngel(file, ask, { env }))) as Error & { code: string }
      assert.is(error.code, 'MARA_CONTROL')
      assert.match(error.message, /it is broken/)
    }
  }))

for (const [what, answer, problem] of [
  ['nothing', '', /it broke off/],
  ['what is no JSON', 'hello\n', /the answer is no JSON/],
  ['half an answer', '{"ok":true,"ans', /the answer is no JSON/],
  ['two answers', '{"ok":true}\n{"ok":true}\n', /the answer is no JSON/],
] as const) {
  test(`${what} in place of an answer is told as such`, () =>
    placed(async ({ file, env, listen }) => {
      await listen((socket) => socket.end(answer))
      const error = (await rejection(askAngel(file, 'status', { env }))) as Error & { code: string }
      assert.is(error.code, 'MARA_CONTROL')
      assert.match(error.message, problem)
    }))
}

test('an answer without end is not waited for, nor kept', () =>
  placed(async ({ file, env, listen }) => {
    const gone = deferred()
    await listen((socket) => {
      const more = (): boolean =>
        socket.writable && socket.write('x'.repeat(65_536), () => setImmediate(more))
      socket.on('close', () => gone.resolve())
      more()
    })
    const error = (await rejection(askAngel(file, 'status', { env }))) as Error & { code: string }
    assert.is(error.code, 'MARA_CONTROL')
    assert.match(error.message, /the answer does not end/)
    await gone.promise
  }))

for (const answer of ['null\n', '{}\n', '5\n', '{"ok":true}\n', '{"ok":false}\n']) {
  test(`${answer.trim()} is JSON, and no answer`, () =>
    placed(async ({ file, env, listen }) => {
      await listen((socket) => socket.end(answer))
      const error = (await rejection(askAngel(file, 'status', { env }))) as Error & { code: string }
      assert.is(error.code, 'MARA_CONTROL')
      assert.not.match(error.message, /undefined/)
    }))
}

test('an angel that dies before it has read the question is told of as one that broke off', () =>
  placed(async ({ file, env }) => {
    const where = socketPath(file, 'control', env)
    makeSocketFolder(where)
    // What is unread when a socket is closed makes the system reset the connection.
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      setImmediate(() => setImmediate(() => socket.destroy()))
    })
    server.listen(where)
    await once(server, 'listening')
    const error = (await rejection(askAngel(file, 'status', { env }))) as Error & { code: string }
    server.close()
    assert.is(error.code, 'MARA_CONTROL')
  }))

test.run()
