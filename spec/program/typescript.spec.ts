import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ProgramError } from '../../lib/program/errors.js'
import { isTypeScript, prepareTypeScript } from '../../lib/program/typescript.js'
import { folder } from '../cli/support.js'
import { ROOT } from '../support/node.js'
import { rejection } from '../support/service.js'

const typescript = suite('program/typescript')

typescript('a file is TypeScript by its extension', () => {
  for (const name of ['a.ts', 'a.mts', 'a.cts', 'a.tsx', 'a.js.ts']) assert.ok(isTypeScript(name), name)
  for (const name of ['a.js', 'a.mjs', 'a.ts.js', 'ts', 'a.tsv']) assert.not.ok(isTypeScript(name), name)
})

typescript(
  'with neither tsx in its project nor a Node that takes types away, what to install is told',
  async () => {
    const program = path.join(folder({ 'a.ts': '' }), 'a.ts')
    for (const node of [{}, { typescript: false }] as const) {
      const error = await rejection(prepareTypeScript(program, node))
      assert.instance(error, ProgramError)
      const { message } = error as Error
      assert.ok(message.startsWith(`${program} is TypeScript, which Node ${process.versions.node} `), message)
      assert.match(message, /npm install tsx/)
    }
  },
)

typescript('a Node that takes types away needs no tsx', async () => {
  const program = path.join(folder({ 'a.ts': '' }), 'a.ts')
  await prepareTypeScript(program, { typescript: 'strip' })
})

typescript("the project's tsx is used where there is one, whatever Node can do", async () => {
  const project = folder({
    'src/a.ts': '',
    'node_modules/tsx/package.json': '{ "name": "tsx", "exports": "./loader.mjs" }',
    'node_modules/tsx/loader.mjs': 'globalThis.loaded = import.meta.url',
  })
  await prepareTypeScript(path.join(project, 'src/a.ts'), { typescript: 'strip' })
  assert.match((globalThis as { loaded?: string }).loaded ?? '', /node_modules\/tsx\/loader\.mjs$/)
  await prepareTypeScript(path.join(ROOT, 'examples/echo.ts'), {})
})

typescript("a tsx that can't be used is not passed over in silence", async () => {
  const project = folder({
    'a.ts': '',
    'node_modules/tsx/package.json': '{ "name": "tsx", "exports": { "./other": "./loader.mjs" } }',
  })
  const error = await rejection(prepareTypeScript(path.join(project, 'a.ts'), { typescript: 'strip' }))
  assert.is((error as NodeJS.ErrnoException).code, 'ERR_PACKAGE_PATH_NOT_EXPORTED')
})

typescript.run()
