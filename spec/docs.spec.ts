// time limit: 300 s
// Programs that docs/ shows. A page marks each with the name of its file: `<!-- examples/a.ts -->`. The block below is that
// file, word for word; if a block of text follows, that is what the program prints. `<!-- examples/a.ts runs -->` is a
// program that ends well, whatever it prints.

import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { withProgram } from './support/program.js'

const SHOWN =
  /^<!-- (examples\/\S+\.[jt]s)( runs)? -->\n+```[jt]s\n(.*?)^```\n(?:\n+```text\n(.*?)^```\n)?/gms

for (const page of readdirSync('docs', { recursive: true, encoding: 'utf8' }).sort()) {
  if (!page.endsWith('.md')) continue
  for (const [, file, runs, code, output] of readFileSync(`docs/${page}`, 'utf8').matchAll(SHOWN)) {
    test(`docs/${page} shows ${file} as it is`, () => {
      assert.is(code, readFileSync(file as string, 'utf8'))
    })
    if (output === undefined && runs === undefined) continue
    test(`${file} does what docs/${page} says, and ends by itself`, async () => {
      await withProgram([file as string], async (program) => {
        const exit = await program.exit
        assert.is(program.stderr, '')
        if (output !== undefined) assert.is(program.stdout, output)
        assert.is(exit.code, 0)
      })
    })
  }
}

test.run()
