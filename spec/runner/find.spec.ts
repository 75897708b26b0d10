import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { listSpecs, selectSpecs } from './find.js'

const FILES = [
  'spec/runner/fixtures/green.spec.ts',
  'spec/runner/runner.spec.ts',
  'spec/telnet/codec.spec.ts',
  'spec/telnet/options/naws.spec.ts',
  'spec/text/codec.spec.ts',
]

function selects(patterns: string[], files: number[], unmatched: string[] = []): void {
  assert.equal(selectSpecs(FILES, patterns), { files: files.map((index) => FILES[index]), unmatched })
}

test('without a pattern, everything but the fixtures of the runner', () => {
  selects([], [1, 2, 3, 4])
})

test('a part of a path', () => {
  selects(['codec'], [2, 4])
  selects(['./spec/telnet/'], [2, 3])
  selects(['runner'], [1])
})

test('a glob covers the whole path', () => {
  selects(['spec/**/*.spec.ts'], [1, 2, 3, 4])
  selects(['spec/telnet/*.spec.ts'], [2])
  selects(['spec/t*/codec.spec.ts'], [2, 4])
  selects(['**/{naws,runner}.spec.ts'], [1, 3])
  selects(['spec/te?t/**'], [4])
  selects(['*.spec.ts'], [], ['*.spec.ts'])
  selects(['spec/telnet/codec?spec.ts*x'], [], ['spec/telnet/codec?spec.ts*x'])
})

test('several patterns choose a file once, in the order of the files', () => {
  selects(['text', 'codec', 'telnet'], [2, 3, 4])
})

test('fixtures are chosen by a pattern that names their folder', () => {
  selects(['spec/runner/fixtures/green'], [0])
  selects(['spec/runner/fixtures/*.spec.ts'], [0])
})

test('each pattern that matches nothing is named', () => {
  selects(['codec', 'codek', 'nawz'], [2, 4], ['codek', 'nawz'])
  assert.equal(selectSpecs([], []), { files: [], unmatched: [''] })
})

test('this file is found on the disk, and a folder without spec/ has none', () => {
  assert.ok(listSpecs('.').includes('spec/runner/find.spec.ts'))
  assert.equal(listSpecs('spec/runner'), [])
})

test.run()
