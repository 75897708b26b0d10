import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createLog, type LogOptions } from '../../lib/log/index.js'
import { FakeClock } from '../../lib/testing/index.js'
import { nodeArgs } from '../support/node.js'

const logs = suite<{ folder: string }>('log/log')

logs.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'mara-log-'))
})
logs.after(({ folder }) => rm(folder, { recursive: true }))

function opened(options: LogOptions = {}, isTTY = false) {
  const lines: string[] = []
  const log = createLog({ ...options, stream: { isTTY, write: (line: string) => lines.push(line) } })
  return { log, lines, records: () => lines.map((line) => JSON.parse(line)) }
}

logs('logs the chosen channels, and those a program names itself', () => {
  const { log, records } = opened({ log: 'client,quests' })
  for (const name of ['client', 'service', 'quests', 'debug']) log.channel(name).info(`from ${name}`)
  assert.equal(
    records().map(({ channel, msg }) => [channel, msg]),
    [
      ['client', 'from client'],
      ['quests', 'from quests'],
    ],
  )
})

logs('logs all but event and debug unless told otherwise', () => {
  const { log } = opened()
  const enabled = (name: string) => log.channel(name).enabled
  for (const name of ['angel', 'service', 'server', 'client', 'store', 'quests'])
    assert.ok(enabled(name), name)
  for (const name of ['event', 'debug']) assert.not(enabled(name), name)
})

logs('logs warnings and errors of channels that are not chosen', () => {
  const { log, records } = opened({ log: 'client' })
  const store = log.channel('store')
  store.info('unheard')
  store.warn('careful')
  store.error('broken')
  assert.equal(
    records().map(({ level, msg }) => `${level} ${msg}`),
    ['warn careful', 'error broken'],
  )
})

logs('logs details of a channel where debug is chosen beside it', () => {
  for (const [log, count] of [
    ['client', 0],
    ['debug', 0],
    ['client,debug', 1],
    ['all', 1],
  ] as const) {
    const { log: open, lines } = opened({ log })
    open.channel('client').debug('detail')
    assert.is(lines.length, count, log)
  }
})

logs('is silent with false: no warning, no error, no file', async ({ folder }) => {
  const logFile = join(folder, 'silent.log')
  const { log, lines } = opened({ log: false, logFile })
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log.channel('service')[level]('x')
  await log.flush()
  await log.close()
  assert.equal(lines, [])
  assert.not(existsSync(logFile))
})

logs('gives the same channel for the same name', () => {
  const { log } = opened()
  assert.is(log.channel('client'), log.channel('client'))
  assert.is.not(log.channel('client'), log.channel('store'))
})

logs('writes records that any reader of pino understands', () => {
  const { log, records } = opened()
  log.channel('client').info('connected', { lines: 3 })
  const [{ time, pid, ...rest }] = records()
  assert.equal(rest, { level: 'info', channel: 'client', msg: 'connected', fields: { lines: 3 } })
  assert.is(pid, process.pid)
  assert.is(new Date(time).toISOString(), time)
})

logs('lets no field stand in for the time, level, channel or message of its record', () => {
  const fields = { time: 'x', level: 'error', channel: 'service', msg: 'forged', pid: 0 }
  const { log, lines, records } = opened()
  log.channel('client').info('true', fields)
  const [record] = records()
  assert.equal([record.level, record.channel, record.msg], ['info', 'client', 'true'])
  assert.equal(record.fields, fields)
  assert.is(lines[0]?.match(/"level":/g)?.length, 2)
})

logs('writes one line a record on a terminal, whatever a client sends', () => {
  const { log, lines } = opened({}, true)
  log
    .channel('client')
    .info('said \u001b[2J\r\n2026-11-22 19:50:44 service forged', { text: '\u009b\u202e\n' })
  assert.is(lines.length, 1)
  assert.match(
    lines[0] ?? '',
    /^[\d-]+ [\d:]+ client {2}said \\x1b\[2J\\r\\n2026-11-22 .* text="?\\x9b\\u202e\\n"?\n$/,
  )
})

logs('writes an error with its stack and its causes', () => {
  const error = new TypeError('outer', { cause: new Error('inner') })
  const json = opened()
  json.log.channel('service').error('A handler failed', { error })
  const [{ fields }] = json.records()
  assert.is(fields.error.type, 'TypeError')
  assert.match(fields.error.stack, /log\.spec\.[jt]s/)
  assert.is(fields.error.cause.message, 'inner')

  const terminal = opened({}, true)
  terminal.log.channel('service').error('A handler failed', { error })
  assert.match(
    terminal.lines[0] ?? '',
    /ERROR service A handler failed\n {4}TypeError: outer\n {8}at .*log\.spec\.[jt]s/,
  )
  assert.match(terminal.lines[0] ?? '', /\n {4}caused by Error: inner\n {8}at /)
})

logs('never writes fields named password, secret or token, three levels down', () => {
  const fields = {
    password: 'hunter2',
    login: { secret: 'hunter2', name: 'ann' },
    users: [{ token: 'hunter2' }],
    deep: { er: { password: 'hunter2' } },
    error: Object.assign(new Error('x'), { token: 'hunter2' }),
  }
  for (const isTTY of [true, false]) {
    const { log, lines } = opened({}, isTTY)
    log.channel('client').info('login', fields)
    assert.not.match(lines.join(''), /hunter2/)
    assert.match(lines.join(''), /\*\*\*/)
    assert.match(lines.join(''), /ann/)
  }
  assert.is(fields.login.secret, 'hunter2')
  assert.is(fields.users[0]?.token, 'hunter2')
})

logs('survives what cannot be written: loops, big integers, a toJSON that throws', () => {
  const { log, records } = opened()
  const loop: Record<string, unknown> = {}
  loop.self = loop
  const broken = {
    toJSON() {
      throw new Error('x')
    },
  }
  log.channel('client').info('odd', { loop, big: 10n, broken })
  assert.is(records()[0].msg, 'odd')
  assert.is(records()[0].fields.big, 10)
})

logs('appends to the log file, and leaves the stream alone', async ({ folder }) => {
  const logFile = join(folder, 'new', 'chat.log')
  for (const text of ['first', 'second']) {
    const { log, lines } = opened({ logFile }, true)
    log.channel('client').info(text)
    await log.close()
    log.channel('client').info('too late')
    assert.equal(lines, [])
  }
  const written = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
  assert.equal(
    written.map((line) => JSON.parse(line).msg),
    ['first', 'second'],
  )
})

logs('throws LogFileError for a file that cannot be opened', ({ folder }) => {
  assert.throws(() => createLog({ logFile: folder }), /^log file .* cannot be opened: EISDIR/)
})

logs('says on the stream that the log file cannot be written', () => {
  if (!existsSync('/dev/full')) return
  const { log, records } = opened({ logFile: '/dev/full' })
  log.channel('client').info('lost')
  assert.is(records().length, 1)
  assert.match(records()[0].msg, /cannot be written: .*ENOSPC/)
})

function foreign(level: string) {
  const records: { channel: string; msg: string; level: number; error?: { stack: string } }[] = []
  const logger = pino({ level }, { write: (line: string) => records.push(JSON.parse(line)) })
  return { log: createLog({ log: logger }), records }
}

logs("writes to a program's own pino logger, a child a channel", () => {
  const { log, records } = foreign('info')
  log.channel('client').info('connected')
  log.channel('service').error('failed', { error: new Error('x') })
  log.channel('event').info('unheard')
  assert.equal(
    records.map(({ channel, msg, level }) => [channel, msg, level]),
    [
      ['client', 'connected', 30],
      ['service', 'failed', 50],
    ],
  )
  assert.match(records[1]?.error?.stack ?? '', /log\.spec\.[jt]s/)
})

logs("follows the level of a program's own logger", () => {
  const quiet = foreign('warn')
  assert.not(quiet.log.channel('client').enabled)
  quiet.log.channel('client').warn('careful')
  assert.is(quiet.records.length, 1)
  const loud = foreign('debug')
  assert.ok(loud.log.channel('event').enabled)
  loud.log.channel('client').debug('detail')
  assert.is(loud.records.length, 1)
})

logs("flushes a program's own logger", async () => {
  let flushed = 0
  const stream = {
    write() {},
    flush(done: () => void) {
      flushed++
      done()
    },
  }
  await createLog({ log: pino({}, stream) }).flush()
  assert.is(flushed, 1)
})

logs('goes on where an output stands still: whoever flushes or closes it waits for a second', async () => {
  const clock = new FakeClock()
  const stuck = { writableLength: 1, write: () => true }
  for (const log of [
    createLog({ stream: stuck, clock }),
    createLog({ log: Object.assign(pino({}, stuck), { flush() {} }), clock }),
  ]) {
    for (const wait of [() => log.flush(), () => log.close()]) {
      const waiting = wait()
      await clock.advance(1_000)
      await waiting
    }
  }
})

logs("goes on where a program's own logger can't be flushed, or gives a promise of it", async () => {
  for (const flush of [
    () => {
      throw new Error('sonic boom is not ready yet')
    },
    (done: (error: Error) => void) => done(new Error('the worker has exited')),
    async () => {},
  ])
    await createLog({
      log: Object.assign(pino({}, { write() {} }), { flush }),
      clock: new FakeClock(),
    }).close()
})

function run(fixture: string, ...args: string[]) {
  return spawn(process.execPath, nodeArgs(`spec/log/fixtures/${fixture}`, ...args), { stdio: 'pipe' })
}

logs('writes to stderr, whole once it is flushed, and leaves stdout to the program', async () => {
  const child = run('exits.ts')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  assert.is(stdout, 'from the program\n')
  assert.is(stderr.trimEnd().split('\n').length, 1000)
})

logs('has written every line to a file when the process exits', async ({ folder }) => {
  const logFile = join(folder, 'exits.log')
  const child = run('exits.ts', logFile)
  const [code] = await once(child, 'exit')
  assert.is(code, 0)
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
  assert.is(JSON.parse(lines.at(-1) ?? '').msg, 'line 999')
  assert.is(lines.length, 1000)
})

logs('goes on when nobody reads stderr any more', async () => {
  const child = run('unread.ts')
  const exit = once(child, 'exit')
  child.stderr.destroy()
  await once(child.stderr, 'close')
  child.stdin.end()
  assert.is(await text(child.stdout), 'still here\n')
  assert.equal(await exit, [0, null])
})

logs.run()
