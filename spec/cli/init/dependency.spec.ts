import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dependencySpec, isFromRegistry, packageRoot, packedSpec } from '../../../lib/cli/init/dependency.js'
import { manifest } from '../../../lib/cli/manifest.js'
import { folder } from '../support.js'

const dependency = suite('cli/init/dependency')
const { name, version } = manifest

/** An installation, with what npm has noted of it. */
function installed(entry: object, under = `node_modules/${name}`): string {
  const lock = JSON.stringify({ packages: { [`node_modules/${name}`]: entry } })
  const dir = path.join(folder({ 'node_modules/.package-lock.json': lock }), under)
  mkdirSync(dir, { recursive: true })
  return dir
}

const integrity = 'sha512-x'

dependency('a copy that npm installed from a registry is known by its note', async () => {
  const url = `https://registry.example/${name}/-/${name}-${version}.tgz`
  for (const entry of [
    { version, integrity },
    { version, integrity, resolved: url },
    { version, integrity, resolved: url.replace('https://registry.example', 'http://127.0.0.1:4873') },
  ]) {
    assert.ok(await isFromRegistry(installed(entry)), JSON.stringify(entry))
    assert.ok(await isFromRegistry(`${installed(entry)}/`), 'with a slash at the end')
  }
})

dependency(
  'any other copy is not: a tarball, git, another version, a link, a clone, no note at all',
  async () => {
    for (const entry of [
      { version, integrity, resolved: 'file:../mara-ts.tgz' },
      { version, integrity, resolved: `https://example.org/${name}-${version}.tgz` },
      { version, resolved: 'git+ssh://git@example.org/mara.git#abc' },
      { version: '0.0.1', integrity },
      { resolved: 'packages/mara', link: true },
      {},
    ]) {
      assert.not.ok(await isFromRegistry(installed(entry)), JSON.stringify(entry))
    }
    assert.not.ok(await isFromRegistry(installed({ version, integrity }, `packages/${name}`)))
    assert.not.ok(await isFromRegistry(path.join(folder(), 'node_modules', name)))
    for (const text of ['', '{', 'null', '{ "packages": [] }']) {
      const dir = folder({ 'node_modules/.package-lock.json': text })
      assert.not.ok(await isFromRegistry(path.join(dir, 'node_modules', name)), text)
    }
    assert.is(packageRoot, fileURLToPath(new URL('../../../', import.meta.url)))
    assert.not.ok(await isFromRegistry(packageRoot))
  },
)

dependency('a packed copy is in the project, so the project can be moved', () => {
  assert.is(packedSpec, `file:vendor/${name}-${version}.tgz`)
})

dependency('a path is meant from where the user is, anything else is left to npm', () => {
  for (const spec of ['./a.tgz', 'a.tgz', 'file:a.tgz', 'file:./a.tgz', '/home/ann/a.tgz']) {
    assert.is(dependencySpec(spec, '/home/ann'), 'file:/home/ann/a.tgz')
  }
  assert.is(dependencySpec('../mara', '/home/ann'), 'file:/home/mara')
  for (const spec of ['^0.1.0', 'latest', 'npm:other@1', 'https://example.org/a.tgz', 'github:a/b']) {
    assert.is(dependencySpec(spec, '/home/ann'), spec)
  }
})

dependency.run()
