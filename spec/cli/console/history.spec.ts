import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { historyFile, openHistory } from '../../../lib/cli/console/history.js'
import { folder } from '../support.js'

const test = suite('cli/console/history')

const never = (message: string): void => assert.unreachable(message)

test("it is in the user's state directory", () => {
  assert.is(historyFile({ XDG_STATE_HOME: '/state' }), '/state/mara/console-history')
  assert.match(historyFile({ XDG_STATE_HOME: 'relative' }), /\/\.local\/state\/mara\/console-history$/)
})

test('lines are kept for the next run, the newest first, in a file that only its user can read', () => {
  const file = path.join(folder(), 'mara', 'history')
  const history = openHistory(file, never)
  assert.equal(history.lines, [])
  for (const line of ['clients', 'clients', 'eval 1', ' eval "secret"', '', '  ']) history.add(line)
  assert.equal(openHistory(file, never).lines, ['eval 1', 'clients'])
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.is(statSync(path.dirname(file)).mode & 0o777, 0o700)
})

test('one that others could read is closed to them', () => {
  const file = path.join(folder({ history: 'stats\n' }), 'history')
  chmodSync(file, 0o644)
  assert.equal(openHistory(file, never).lines, ['stats'])
  assert.is(statSync(file).mode & 0o777, 0o600)
})

test('two consoles at once lose nothing', () => {
  const file = path.join(folder(), 'history')
  const [one, two] = [openHistory(file, never), openHistory(file, never)]
  one.add('a')
  two.add('b')
  one.add('c')
  assert.equal(openHistory(file, never).lines, ['c', 'b', 'a'])
})

test('it does not grow without bound, and shows nothing that could harm the terminal', () => {
  const file = path.join(folder(), 'history')
  const long = Array.from({ length: 5_000 }, (_, i) => `line ${i}`)
  writeFileSync(file, ['\x1b[2J', 'x'.repeat(5_000), ...long].join('\n'))
  const { lines } = openHistory(file, never)
  assert.is(lines.length, 1_000)
  assert.is(lines[0], 'line 4999')
  assert.is(readFileSync(file, 'utf8').trim().split('\n').length, 1_000)
  writeFileSync(file, 'ok\n\x1b[2J\n')
  assert.equal(openHistory(file, never).lines, ['ok'])
})

test('where it can not be kept that is told once, and lines are kept nowhere else', () => {
  const home = folder({ precious: 'precious\n' })
  symlinkSync('precious', path.join(home, 'link'))
  mkdirSync(path.join(home, 'folder'))
  for (const name of ['link', 'folder', 'precious/history']) {
    const told: string[] = []
    const history = openHistory(path.join(home, name), (message) => void told.push(message))
    history.add('a')
    history.add('b')
    assert.is(told.length, 1, name)
  }
  assert.is(readFileSync(path.join(home, 'precious'), 'utf8'), 'precious\n')
})

test.run()
