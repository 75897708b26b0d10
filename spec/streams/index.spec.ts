import { readdirSync, readFileSync } from 'node:fs'
import * as streams from 'mara-ts/streams'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('no other room loads ix or it-pushable, and ix is imported by deep paths', () => {
  const loading = readdirSync('lib', { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    if (!file.endsWith('.ts')) return []
    const found = readFileSync(`lib/${file}`, 'utf8').matchAll(/from '((?:ix|it-pushable)\b[^']*)'/g)
    return [...found].map(([, name]) => `${file.split('/')[0]} loads ${name}`)
  })
  assert.equal([...new Set(loading)].sort(), [
    'streams loads it-pushable',
    'streams loads ix/asynciterable/asynciterablex',
  ])
})

test('the entry has what its page says', () => {
  const page = readFileSync('docs/streams.md', 'utf8')
  for (const name of Object.keys(streams)) assert.match(page, name)
})

test.run()
