// The rooms of lib/ and the arrows between them. The order is read from CONTRIBUTING, so that what it says is true.

import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

/** Arrows that point the wrong way, each `file -> room`. All of them are on their way out: add none. */
const WRONG_WAY: readonly string[] = []

/**
 * Rooms that are loaded only when a program asks for them, by a room that stands before them, each `file -> room`. Until
 * then nothing of them is there: the file may name their types, and otherwise it may only `import()` them.
 */
const WHEN_ASKED: readonly string[] = [
  'service.ts -> console', // service.console(), which needs no import in the program
]

/** Files that import each other in a circle. All of them are on their way out: add none. */
const CIRCLES: readonly string[] = []

const IMPORT = /^(?:import|export)\b[^'";]*?\bfrom '(\.[^']+)'|^import '(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm

/** A folder of lib/, or a file that lies in none. */
const roomOf = (file: string): string => file.split('/')[0] as string

/** Imports that `WHEN_ASKED` allows, as they are written. */
const whenAsked: { readonly file: string; readonly room: string; readonly text: string }[] = []

/** Relative imports of every file of lib/, those of types included; paths are from there. */
const imports = new Map<string, string[]>()
for (const file of readdirSync('lib', { recursive: true, encoding: 'utf8' }).sort()) {
  if (!file.endsWith('.ts') || file.startsWith('cli/templates/files/')) continue
  const found = [...readFileSync(`lib/${file}`, 'utf8').matchAll(IMPORT)]
  const targets: string[] = []
  for (const match of found) {
    const path = (match[1] ?? match[2] ?? match[3]) as string
    const target = posix.join(posix.dirname(file), path).replace(/\.js$/, '.ts')
    const room = roomOf(target)
    if (WHEN_ASKED.includes(`${file} -> ${room}`)) whenAsked.push({ file, room, text: match[0] })
    else targets.push(target)
  }
  imports.set(file, targets)
}

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

test('of a room that is loaded when it is asked for, a room before it knows the types alone', () => {
  assert.equal([...new Set(whenAsked.map(({ file, room }) => `${file} -> ${room}`))], WHEN_ASKED)
  const early = whenAsked.filter(({ text }) => !/^import type |^import\(/.test(text))
  assert.equal(early, [])
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
