import fs, { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFileError } from '../../lib/log/errors.js'
import { fileOutput, streamOutput } from '../../lib/log/output.js'

const output = suite<{ folder: string }>('log/output')

output.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'mara-log-'))
})
output.after(({ folder }) => rm(folder, { recursive: true }))

const record = {
  level: 'info',
  time: new Date().toISOString(),
  channel: 'client',
  msg: 'caf\u00e9 \u009b\u202e',
}
const json = `${JSON.stringify(record)}\n`
const unexpected = (message: string) => assert.unreachable(message)

output('appends to a file, at once, and makes its directories', async ({ folder }) => {
  const path = join(folder, 'a', 'b', 'chat.log')
  const first = fileOutput(path, unexpected)
  first.write(json)
  assert.equal(JSON.parse(await readFile(path, 'utf8')), record)
  await first.close()
  const second = fileOutput(path, unexpected)
  second.write(json)
  await second.close()
  assert.is((await readFile(path, 'utf8')).split('\n').length, 3)
})

output('writes C1 characters and bidi marks to a file escaped', async ({ folder }) => {
  const path = join(folder, 'escaped.log')
  const file = fileOutput(path, unexpected)
  file.write(json)
  await file.close()
  assert.match(await readFile(path, 'utf8'), /"caf\u00e9 \\u009b\\u202e"/)
})

output('names a file that cannot be opened', async ({ folder }) => {
  await writeFile(join(folder, 'plain'), '')
  // In /proc the system makes no folder, and says ENOENT.
  for (const path of [folder, join(folder, 'plain', 'chat.log'), '/proc/logs/chat.log']) {
    try {
      fileOutput(path, unexpected)
      assert.unreachable('it was opened')
    } catch (error) {
      assert.instance(error, LogFileError)
      assert.is((error as LogFileError).path, path)
    }
  }
})

output('writes nothing to a file after close, and closes it once', async ({ folder }) => {
  const path = join(folder, 'closed.log')
  const file = fileOutput(path, unexpected)
  await file.close()
  await file.close()
  file.write(json)
  await file.flush()
  assert.is(await readFile(path, 'utf8'), '')
})

output('says once that the disk is full, and goes on', async () => {
  if (!existsSync('/dev/full')) return
  const reports: string[] = []
  const file = fileOutput('/dev/full', (message) => reports.push(message))
  file.write(json)
  file.write(json)
  await file.close()
  assert.is(reports.length, 1)
  assert.match(reports[0] ?? '', /^The log file "\/dev\/full" cannot be written: .*ENOSPC/)
})

output(
  'writes a line whole, however little the system takes at once, and none into a torn one',
  async ({ folder }) => {
    const { writeSync } = fs
    const path = join(folder, 'torn.log')
    const file = fileOutput(path, () => {})
    let room = Number.POSITIVE_INFINITY
    // A disk that takes three bytes at a time, and as many as it has room for.
    fs.writeSync = ((descriptor: number, buffer: Uint8Array) => {
      const length = Math.min(3, room, buffer.length)
      if (length === 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      room -= length
      return writeSync(descriptor, buffer, 0, length)
    }) as typeof fs.writeSync
    syncBuiltinESMExports()
    try {
      file.write(json)
      room = 10
      file.write(json)
      room = Number.POSITIVE_INFINITY
      file.write(json)
      file.write(json)
    } finally {
      fs.writeSync = writeSync
      syncBuiltinESMExports()
    }
    await file.close()
    const lines = (await readFile(path, 'utf8')).split('\n')
    assert.is(lines.length, 5)
    assert.is(lines[1]?.length, 10)
    for (const whole of [lines[0], lines[2], lines[3]]) assert.equal(JSON.parse(whole ?? ''), record)
  },
)

function collecting(isTTY?: boolean) {
  const lines: string[] = []
  return { lines, stream: { isTTY, write: (text: string) => lines.push(text) } }
}

output('writes lines for people to a terminal, JSON to any other stream', () => {
  for (const isTTY of [true, false, undefined]) {
    const { lines, stream } = collecting(isTTY)
    streamOutput(stream).write(json)
    if (isTTY)
      assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d client {2}caf\u00e9 \\x9b\\u202e\n$/)
    else {
      assert.equal(JSON.parse(lines[0] ?? ''), record)
      assert.match(lines[0] ?? '', /\\u009b\\u202e/)
    }
  }
})

output('flushes a slow stream to the end', async () => {
  const done: string[] = []
  const waiting: (() => void)[] = []
  const stream = new Writable({
    write(chunk, _encoding, callback) {
      waiting.push(() => {
        done.push(String(chunk))
        callback()
      })
    },
  })
  const slow = streamOutput(stream)
  slow.write(json)
  slow.write(json)
  let flushed = false
  const flush = slow.flush().then(() => {
    flushed = true
  })
  waiting.shift()?.()
  await new Promise(setImmediate)
  assert.not(flushed)
  while (waiting.length > 0) {
    waiting.shift()?.()
    await new Promise(setImmediate)
  }
  await flush
  assert.equal(
    done.filter(Boolean).map((line) => JSON.parse(line)),
    [record, record],
  )
})

output('drops lines while a stream holds back too many, and says how many when it takes more', () => {
  const lines: string[] = []
  const stream = { writableLength: 0, write: (text: string) => lines.push(text) }
  const lagging = streamOutput(stream)
  lagging.write(json)
  stream.writableLength = 100 * 1024 * 1024
  for (let i = 0; i < 3; i++) lagging.write(json)
  assert.is(lines.length, 1)
  stream.writableLength = 0
  lagging.write(json)
  lagging.write(json)
  assert.equal(
    lines.map((line) => JSON.parse(line).msg),
    [record.msg, 'Records dropped, because the reader of the log is too slow: 3', record.msg, record.msg],
  )
  assert.is(JSON.parse(lines[1] ?? '').level, 'warn')
})

output('outlives a stream that fails', async () => {
  const stream = new Writable({
    write(_chunk, _encoding, callback) {
      callback(new Error('EPIPE'))
    },
  })
  const broken = streamOutput(stream)
  broken.write(json)
  await new Promise(setImmediate)
  broken.write(json)
  await broken.flush()
  await broken.close()
  assert.ok(stream.destroyed)
})

output('listens for the errors of a stream once, however many logs share it', () => {
  const stream = new Writable()
  for (let i = 0; i < 20; i++) streamOutput(stream)
  assert.is(stream.listenerCount('error'), 1)
})

output('leaves a stream open at close, and writes no more to it', async () => {
  const { lines, stream } = collecting()
  const closing = streamOutput(stream)
  await closing.close()
  closing.write(json)
  assert.equal(lines, [])
  const real = new Writable({ write: (_chunk, _encoding, callback) => callback() })
  await streamOutput(real).close()
  assert.ok(real.writable)
})

output.run()
