import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemIo } from '../../lib/cli/io.js'
import { built, loader } from '../support/node.js'
import { finished, folder, Run } from './support.js'

const io = suite('cli/io')

io("a process's streams are touched only when they are written to", () => {
  const before = process.stderr.listenerCount('error')
  const { stdout, stderr } = systemIo()
  assert.is(stdout.isTTY, process.stdout.isTTY)
  assert.is(stdout.columns, process.stdout.columns)
  assert.is(process.stderr.listenerCount('error'), before)
  stderr.write('')
  stderr.write('')
  assert.is(process.stderr.listenerCount('error'), before + 1)
})

const shell = (script: string) => finished(new Run('sh', ['-c', script, 'sh', process.execPath]))

const url = (file: string): URL => pathToFileURL(path.resolve(built(file)))
const node = ['"$1"', ...loader].join(' ')

/** A program that writes `much` and ends with exit code 1. */
function writer(write: string): string {
  const dir = folder({
    'much.js': `
      import { systemIo } from '${url('lib/cli/io.ts')}'
      import { exit } from '${url('lib/program/exit.ts')}'
      ${write}('x'.repeat(3_000_000))
      void exit(1)
    `,
    'package.json': '{ "type": "module" }',
  })
  return `${node} ${dir}/much.js`
}

io('a reader that goes away early is no error, whoever writes', async () => {
  const help = await shell(`{ ${node} ${built('lib/cli/main.ts')} --help; echo "$?" >&2; } | true`)
  assert.equal(help, { code: 0, out: '', err: '0\n' })
  for (const write of ['systemIo().stdout.write', 'process.stdout.write']) {
    const { err } = await shell(`{ ${writer(write)}; echo "$?" >&2; } | true`)
    assert.is(err, '1\n', write)
  }
})

io('a process that ends has written all it had to', async () => {
  const { code, out, err } = await shell(`{ ${writer('systemIo().stdout.write')}; echo "$?" >&2; } | wc -c`)
  assert.equal([code, Number(out), err], [0, 3_000_000, '1\n'])
})

io('output that a full disk does not take is a failure, and is told', async () => {
  const { code, err } = await shell(`${node} ${built('lib/cli/main.ts')} --help > /dev/full`)
  assert.is(code, 1)
  assert.match(err, /^Not all of the output could be written: ENOSPC/)
})

io.run()
