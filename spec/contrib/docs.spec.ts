// time limit: 300 s
// not measured: it runs programs of the docs.
// The programs in docs/contrib compile, and each holds the conversation that its page shows.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { finished, Run } from '../cli/support.js'
import { Peer } from '../support/peer.js'
import { withProgram } from '../support/program.js'

const PAGES = 'docs/contrib'

interface Page {
  /** Files by name; `main.ts` is the program. A block of another file begins with a line `# name`. */
  readonly files: ReadonlyMap<string, string>
  /** What is shown, line by line; what is typed begins with '> '. */
  readonly conversation: readonly string[]
}

function read(name: string): Page {
  const text = readFileSync(`${PAGES}/${name}`, 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind = '', body = '']) => ({
    kind,
    body,
  }))
  const program = blocks.find(({ kind, body }) => kind === 'ts' && body.includes('service.run('))
  const conversation = blocks.find(({ kind }) => kind === 'text')
  assert.ok(program && conversation, `${name} has a program and a conversation`)
  const files = new Map([['main.ts', program.body]])
  for (const { kind, body } of blocks) {
    const [, file] = /^# (\S+\.\w+)\n/.exec(body) ?? []
    if (kind === 'yaml' && file !== undefined) files.set(file, body)
  }
  return { files, conversation: conversation.body.trimEnd().split('\n') }
}

/** Types and reads until all is as it is shown. */
async function hold(peer: Peer, conversation: readonly string[]): Promise<void> {
  for (const line of conversation) {
    if (line.startsWith('> ')) {
      peer.send(`${line.slice(2)}\r\n`)
      continue
    }
    const wire = Buffer.from(line).toString('latin1')
    const before = await peer.until(wire)
    assert.is(before.slice(0, -wire.length).trim(), '', `before ${line}`)
  }
}

/** In the repository, for its packages and its paths to be found. */
async function withFiles(files: Page['files'], body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync('.docs-')
  try {
    for (const [name, text] of files) writeFileSync(join(folder, name), text)
    await body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const tsconfig = JSON.stringify({ extends: '../tsconfig.json', include: ['main.ts'], exclude: [] })

// Those of language.md are checked with the pages of docs/.
const pages = readdirSync(PAGES).filter((name) => name.endsWith('.md') && name !== 'language.md')
for (const name of pages) {
  const page = read(name)

  test(`the program of ${PAGES}/${name} compiles`, () =>
    withFiles(page.files, async (folder) => {
      writeFileSync(join(folder, 'tsconfig.json'), tsconfig)
      const { code, out } = await finished(new Run('node_modules/.bin/tsc', ['-p', folder]))
      assert.is(code, 0, out)
    }))

  test(`the program of ${PAGES}/${name} holds the conversation that the page shows`, () =>
    withFiles(page.files, async (folder) => {
      mkdirSync(join(folder, 'data'))
      const args = ['--port=0', '--no-telnet', '--no-log', `--storePath=${join(folder, 'data')}`]
      await withProgram([join(folder, 'main.ts'), ...args], async (program) => {
        const [, port] = await program.find(/open (\d+)/)
        const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
        await hold(peer, page.conversation)
        peer.destroy()
      })
    }))
}

test.run()
