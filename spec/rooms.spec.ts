// The rooms of lib/ and the arrows between them. The order is read from CONTRIBUTING, so that what it says is true.

import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

/** Arrows that point the wrong way, each `file -> room`. All of them are on their way out: add none. */
const WRONG_WAY: readonly string[] = []

/** Files that import each other in a circle. All of them are on their way out: add none. */
const CIRCLES: readonly string[] = []

const IMPORT = /^(?:import|export)\b[^'";]*?\bfrom '(\.[^']+)'|^import '(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm

/** Relative imports of every file of lib/, those of types included; paths are from there. */
const imports = new Map<string, string[]>()
for (const file of readdirSync('lib', { recursive: true, encoding: 'utf8' }).sort()) {
  if (!file.endsWith('.ts') || file.startsWith('cli/templates/files/')) continue
  const found = [...readFileSync(`lib/${file}`, 'utf8').matchAll(IMPORT)]
  const targets = found.map((match) => (match[1] ?? match[2] ?? match[3]) as string)
  imports.set(
    file,
    targets.map((target) => posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts')),
  )
}

/** A folder of lib/, or a file that lies in none. */
const roomOf = (file: string): string => file.split('/')[0] as string

/** The rooms in the first column of CONTRIBUTING's table, from the innermost to the outermost. */
function roomsInOrder(): string[] {
  const section = readFileSync('CONTRIBUTING.md', 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith('The rooms'))
  const cells = [...(section ?? '').matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell as string)
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, room]) => room as string))
}

test('CONTRIBUTING lists every room once', () => {
  assert.equal(roomsInOrder().sort(), [...new Set([...imports.keys()].map(roomOf))].sort())
})

test('a room imports only rooms that CONTRIBUTING lists before it', () => {
  const order = roomsInOrder()
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => order.indexOf(roomOf(target)) > order.indexOf(roomOf(file)))
      .map((target) => `${file} -> ${roomOf(target)}`),
  )
  assert.equal([...new Set(wrong)].sort(), [...WRONG_WAY].sort())
})

test('every import leads to a file', () => {
  const lost = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => !imports.has(target)).map((target) => `${file} -> ${target}`),
  )
  assert.equal(lost, [])
})

/** Every file that can be reached from one by imports. */
function reachedFrom(file: string): Set<string> {
  const reached = new Set<string>()
  const waiting = [file]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const target of imports.get(next) ?? []) {
      if (!reached.has(target)) waiting.push(target)
      reached.add(target)
    }
  }
  return reached
}

test('no file imports itself by way of others', () => {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(file)]))
  const circles = [...reached]
    .filter(([file, others]) => others.has(file))
    .map(([file, others]) =>
      [...others]
        .filter((other) => reached.get(other)?.has(file))
        .sort()
        .join(' '),
    )
  assert.equal([...new Set(circles)].sort(), [...CIRCLES].sort())
})

test.run()
