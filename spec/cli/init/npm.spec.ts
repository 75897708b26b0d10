import { chmodSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InitError } from '../../../lib/cli/errors.js'
import { runNpm } from '../../../lib/cli/init/npm.js'
import { rejection } from '../../support/service.js'
import { folder } from '../support.js'

const npms = suite('cli/init/npm')

/** A stand-in for npm: a shell script. */
function standIn(script: string): string {
  const file = path.join(folder({ npm: `#!/bin/sh\n${script}\n` }), 'npm')
  chmodSync(file, 0o755)
  return file
}

const never = () => new AbortController().signal

npms('npm is started in the folder of the project', async () => {
  const cwd = folder()
  await runNpm(['install', '--x'], { cwd, signal: never(), npm: standIn('echo "$PWD $*" > called') })
  assert.is(readFileSync(path.join(cwd, 'called'), 'utf8'), `${cwd} install --x\n`)
})

npms('what went wrong is told', async () => {
  const failure = async (npm: string) => {
    const error = await rejection(runNpm(['pack'], { cwd: folder(), signal: never(), npm }))
    assert.instance(error, InitError)
    return (error as Error).message
  }
  assert.is(await failure(standIn('exit 7')), 'npm pack ended with exit code 7.')
  assert.is(await failure(standIn('kill -9 $$')), 'npm pack ended with SIGKILL.')
  assert.is(await failure('/none/npm'), 'npm could not be started: spawn /none/npm ENOENT.')
})

npms('a signal ends npm, and it has ended by then', async () => {
  const cwd = folder()
  const controller = new AbortController()
  const npm = standIn('trap "echo > ended; exit 0" TERM; kill -USR1 $PPID; while :; do sleep 0.01; done')
  process.once('SIGUSR1', () => controller.abort())
  const error = await rejection(runNpm(['install'], { cwd, signal: controller.signal, npm }))
  assert.is((error as Error).message, 'Interrupted.')
  assert.ok(existsSync(path.join(cwd, 'ended')))
  const late = await rejection(
    runNpm(['install'], { cwd, signal: controller.signal, npm: standIn('sleep 60') }),
  )
  assert.is((late as Error).message, 'Interrupted.')
})

npms.run()
