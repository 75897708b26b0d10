// time limit: 600 s
import { readFileSync } from 'node:fs'
import type net from 'node:net'
import { join } from 'node:path'
import type { BenchReport } from 'mara-ts/bench'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { serving } from '../../bench/support.js'
import { folder, mara, running, startMara } from '../support.js'

const bench = suite('cli/commands/bench')

const echo = (line: string, socket: net.Socket): void => void socket.write(`${line}\r\n`)

bench(
  'it prints a report in words, tells how it goes on stderr, and ends with 0 where all went well',
  async () => {
    await serving({ answer: echo }, async ({ port }) => {
      const words = ['--clients=3', '--processes=1', '--duration=1s', '--interval=10ms', '--line=<b>']
      const { code, out, err } = await mara(['bench', `127.0.0.1:${port}`, ...words])
      assert.is(code, 0, err)
      assert.ok(out.startsWith(`127.0.0.1:${port}: 3 clients in 1 process, closed loop, 1.00 s\n\nanswers `))
      assert.match(out, /^errors +0$/m)
      assert.match(out, /^connections +3 +3 at once$/m)
      assert.match(out, /^ +p50 +p90 +p99 +p99\.9 +worst +count$/m)
      assert.match(out, /^answer, corrected +\d/m)
      assert.match(out, /^from +answers +p50 +p99 +worst +errors$/m)
      assert.match(err, /connected .*\d\/s.* 0 errors\n/)
      assert.not((out + err).includes('\x1b'))
    })
  },
)

bench('--json prints the report alone, and --html writes it as a page', async () => {
  const page = join(folder(), 'report.html')
  await serving({ answer: echo }, async ({ port }) => {
    const words = ['--json', `--html=${page}`, '--clients=2', '--rate=100/s', '--duration=500ms']
    const { code, out, err } = await mara(['bench', `127.0.0.1:${port}`, ...words])
    assert.is(code, 0, err)
    const report = JSON.parse(out) as BenchReport
    assert.is(report.format, 'mara-bench')
    assert.is(report.version, 1)
    assert.is(report.options.target, `127.0.0.1:${port}`)
    assert.is(report.options.rate, 100)
    assert.ok(report.latency.service !== undefined && report.generator.lag !== undefined)
    assert.is(report.steps.filter(({ at }) => at >= 0 && at < 500).length, 5)
    assert.match(readFileSync(page, 'utf8'), /^<!doctype html>/)
  })
})

bench('a report has no name and no password of a URL', async () => {
  const words = ['--json', '--clients=1', '--processes=1', '--duration=1ms']
  const { out, err } = await mara(['bench', 'ws://ann:s3cr3t@127.0.0.1:9/chat', ...words])
  assert.is((JSON.parse(out) as BenchReport).options.target, 'ws://***@127.0.0.1:9/chat')
  assert.not((out + err).includes('s3cr3t'))
})

bench('errors are told with what the service said, made harmless, and end with 1', async () => {
  const connected = (socket: net.Socket): void => void socket.end('Go away\x1b[2J\r\n')
  await serving({ connected }, async ({ port }) => {
    const { code, out } = await mara(['bench', `:${port}`, '--clients=1', '--duration=2s'])
    assert.is(code, 1)
    assert.match(out, /^\d+ × (closed by the service|reset) \(in a conversation, from /m)
    assert.ok(out.includes('The service had sent last: "Go away\\u001b[2J\\n"'), out)
    assert.not(out.includes('\x1b'))
  })
})

bench('Ctrl-C ends a run early, and what was measured is reported', async () => {
  let asked: () => void = () => {}
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const answer = (line: string, socket: net.Socket): void => {
    echo(line, socket)
    asked()
  }
  await serving({ answer }, async ({ port }) => {
    await running(startMara(['bench', `:${port}`, '--duration=1h']), async (process) => {
      await isAsked
      process.interrupt()
      assert.is(await process.ended, 0, process.err)
      assert.match(process.out, /^\* The run was interrupted; the figures are those of the /m)
    })
  })
})

bench('what is typed wrong is said before anything begins', async () => {
  const wrong: [words: string[], message: RegExp][] = [
    [['localhost'], /"localhost" is no target: it is HOST:PORT/],
    [[':9', '--clients=0'], /--clients takes a whole number above 0, not "0"\./],
    [[':9', '--rate=fast'], /--rate takes a rate such as 500\/s, not "fast"\./],
    [[':9', '--duration=0'], /--duration takes a time such as 500ms or 30s, not "0"\./],
    [[':9', '--expect=/(/'], /--expect: Invalid regular expression/],
    [[':9', '--rate=1', '--interval=1s'], /--interval is for closed loops/],
    [[':9', '--script=spec/cli/fixtures/two.ts', '--line=a'], /--line is for runs without --script/],
    [[':9', '--ca=/none'], /--ca: ENOENT/],
    [[':9', '--html=/none/report.html'], /--html can't write \/none\/report\.html: ENOENT/],
  ]
  await Promise.all(
    wrong.map(async ([words, message]) => {
      const { code, out, err } = await mara(['bench', ...words])
      assert.is(code, 2, err)
      assert.match(err, message)
      assert.match(err, /For help: mara bench --help\n$/)
      assert.is(out, '')
    }),
  )
  const { code, err } = await mara(['bench', ':9', '--script=none.ts'])
  assert.is(code, 1)
  assert.match(err, /There is no file none\.ts/)
})

bench.run()
