import { readdirSync, readFileSync } from 'node:fs'
import * as opentelemetry from 'mara-ts/opentelemetry'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('no other room loads @opentelemetry/api, and this one only where it is needed', () => {
  const loading = readdirSync('lib', { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    if (!file.endsWith('.ts')) return []
    const found = readFileSync(`lib/${file}`, 'utf8').matchAll(
      /^import (?!type).*from '@opentelemetry\/|import\('@open/gm,
    )
    return [...found].map(([text]) => `${file}: ${text}`)
  })
  assert.equal(loading, ["opentelemetry/observe.ts: import('@open"])
})

test('the entry, and every metric, is on its page', async () => {
  const page = readFileSync('docs/observability.md', 'utf8')
  for (const name of Object.keys(opentelemetry)) assert.match(page, name)
  const source = readFileSync('lib/opentelemetry/instruments.ts', 'utf8')
  const names = [...source.matchAll(/name: '(mara\.[\w.]+)'|'(mara\.[\w.]+\.(?:name|outcome))'/g)]
  assert.ok(names.length >= 14)
  for (const [, metric, attribute] of names) assert.match(page, `\`${metric ?? attribute}\``)
})

test.run()
