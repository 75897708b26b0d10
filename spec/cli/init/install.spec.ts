import { chmodSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InitError } from '../../../lib/cli/errors.js'
import { install } from '../../../lib/cli/init/install.js'
import { rejection } from '../../support/service.js'
import { folder, screen } from '../support.js'

const installing = suite('cli/init/install')

/** A stand-in for npm: a shell script. */
function npm(script: string): string {
  const file = path.join(folder({ npm: `#!/bin/sh\n${script}\n` }), 'npm')
  chmodSync(file, 0o755)
  return file
}

installing('npm is started in the folder of the project, and that is said on stderr', async () => {
  const dir = folder()
  const { stderr, err } = screen()
  await install(dir, 'my-chat', stderr, npm('echo "$PWD $*" > called'))
  assert.is(readFileSync(path.join(dir, 'called'), 'utf8'), `${dir} install --no-audit --no-fund\n`)
  assert.match(err(), /Installing what it needs: npm install\n$/)
})

installing('what went wrong is told, and where to try again', async () => {
  const { stderr } = screen()
  const failure = async (command: string) => {
    const error = await rejection(install(folder(), 'my-chat', stderr, command))
    assert.instance(error, InitError)
    return (error as Error).message
  }
  const again = '. The files are in my-chat: go there, and run npm install again.'
  assert.is(await failure(npm('exit 7')), `npm install ended with exit code 7${again}`)
  assert.is(await failure(npm('kill -9 $$')), `npm install ended with SIGKILL${again}`)
  assert.is(await failure('/none/npm'), `npm could not be started: spawn /none/npm ENOENT${again}`)
})

installing.run()
