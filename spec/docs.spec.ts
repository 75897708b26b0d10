// time limit: 300 s
// not measured: it runs programs of the docs.
// Programs that docs/ shows. A page marks each with the name of its file: `<!-- examples/a.ts -->`. The block below is that
// file, word for word; if a block of text follows, that is what the program prints. `<!-- examples/a.ts runs -->` is a
// program that ends well, whatever it prints. And the unit for systemd, and the links.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { connect, events, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from './cli/support.js'
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

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

test('docs/service.md names all that services, clients and containers have', async () => {
  const page = readFileSync('docs/service.md', 'utf8')
  const service = new Service()
  let members: string[] = []
  service.listen(events.Connect, ({ client }) => {
    members = [service, client, service.clients].flatMap((object) => [
      ...Object.keys(object),
      ...Object.getOwnPropertyNames(Object.getPrototypeOf(object)),
    ])
    client.write('done')
  })
  await service.start({ servers: [], log: false })
  const peer = await connect(service)
  await peer.expect('done')
  const missing = members.filter((name) => !new RegExp(`\\| [^|]*\\b${name}\\b[^|]*\\|`).test(page))
  assert.equal(missing, ['constructor', 'constructor', 'hideInput', 'showInput', 'toString', 'constructor'])
  for (const name of ['hideInput()', 'showInput()', 'String(client)']) assert.match(page, `\`${name}\``)
  await peer.close()
  await service.stop()
})

test('links of pages lead to pages and headings that are there, and to nothing that is not in the package', () => {
  const wrong: string[] = []
  const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((page) =>
    path.join('docs', page),
  )
  for (const page of [...pages, 'README.md'].filter((file) => file.endsWith('.md'))) {
    for (const [link, target = '', anchor] of readFileSync(page, 'utf8').matchAll(
      /\]\(([^)#:\s]*)(?:#([^)]*))?\)/g,
    )) {
      const file = target === '' ? page : path.join(path.dirname(page), target)
      // The README is read on the pages of the repository and of npm, where its links lead to the repository.
      const isThere = page === 'README.md' ? existsSync(file) : [...pages, 'README.md'].includes(file)
      const headings = file.endsWith('.md') && isThere ? readFileSync(file, 'utf8').match(/^#+ .*$/gm) : []
      const anchors = headings?.map((heading) => anchorOf(heading.replace(/^#+ /, '')))
      if (!isThere || (anchor !== undefined && !anchors?.includes(anchor))) wrong.push(`${page}: ${link}`)
    }
  }
  assert.equal(wrong, [])
})

test('systemd finds nothing wrong with the unit that docs/angel.md shows', () => {
  const { error } = spawnSync('systemd-analyze', ['--version'])
  if (error !== undefined) {
    console.log('skipped: systemd-analyze is missing, so the unit is not verified')
    return
  }
  const [, unit = ''] = /```ini\n(.*?)```/s.exec(readFileSync('docs/angel.md', 'utf8')) ?? []
  const mara = '/srv/chat/current/node_modules/.bin/mara'
  assert.match(unit, `WorkingDirectory=/srv/chat\n`)
  assert.match(unit, `ExecStart=${mara} angel`)
  const root = folder({ [`.${mara}`]: '#!/bin/sh\n' })
  chmodSync(path.join(root, mara), 0o755)
  const file = path.join(root, 'chat.service')
  // There is no such user here, and no such folder.
  writeFileSync(file, unit.replaceAll('/srv/chat', `${root}/srv/chat`).replace('User=chat', 'User=daemon'))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
  assert.equal([status, stderr], [0, ''])
})

test.run()
