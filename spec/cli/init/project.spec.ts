import path from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageName, projectFiles } from '../../../lib/cli/init/project.js'
import { manifest } from '../../../lib/cli/manifest.js'
import { templates } from '../../../lib/cli/templates/index.js'

const project = suite('cli/init/project')

project('a package has the name of its folder, as far as npm allows', () => {
  assert.is(packageName('/home/ann/my-chat'), 'my-chat')
  assert.is(packageName('/home/ann/My Chat!'), 'my-chat')
  assert.is(packageName('/home/ann/.hidden'), 'hidden')
  assert.is(packageName(`/x/${'a'.repeat(300)}`).length, 200)
  for (const nameless of ['/', '/home/ann/...', '/home/ann/聊天'])
    assert.is(packageName(nameless), 'my-service')
})

project('no package has the name of one that it needs', () => {
  for (const name of ['mara-ts', 'tsx', 'typescript']) assert.is(packageName(`/x/${name}`), `my-${name}`)
})

project('every folder gives a name that npm takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      assert.match(packageName(path.join('/x', name)), /^[a-z0-9][a-z0-9._-]{0,213}$/)
    }),
  )
})

project('every template makes a project that can be started, tested and read about', async () => {
  for (const template of templates) {
    const files = await projectFiles(template, { name: 'my-chat', mara: '^1.2.3' })
    const { name, engines, scripts, dependencies, devDependencies } = JSON.parse(
      files.get('package.json') ?? '',
    )
    assert.is(name, 'my-chat')
    assert.equal(engines, manifest.engines)
    assert.equal(Object.keys(scripts), ['start', 'test'])
    assert.is(dependencies['mara-ts'], '^1.2.3')
    // Without a version npm would take any, and what is tested here is one.
    for (const range of Object.values({ ...dependencies, ...devDependencies }))
      assert.match(String(range), /^\^\d/)
    // Whatever its program imports it names: who comes by way of another package may be gone with that.
    for (const [, module = ''] of (files.get('src/service.ts') ?? '').matchAll(/ from '([^.:'/]+)[^:']*'/g)) {
      assert.ok(module in dependencies, module)
    }
    assert.ok(files.has('src/main.ts') && files.has('spec/service.spec.ts') && files.has('.gitignore'))
    assert.match(files.get('README.md') ?? '', /^# my-chat\n/)
    for (const text of files.values()) assert.not.match(text, /\{\{/)
  }
})

project.run()
