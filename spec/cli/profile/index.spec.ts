// `mara run --profile`, with whole processes.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../../support/node.js'
import { Peer } from '../../support/peer.js'
import { finished, folder, mara, Run, running } from '../support.js'

const profile = suite('cli/profile')

const BUSY = path.join(ROOT, 'spec/cli/fixtures/busy.ts')

/** Starts the fixture with its profile in a folder of its own. */
function start(dir: string): Run {
  return profiled(dir, BUSY, '--port=0')
}

function profiled(dir: string, ...words: string[]): Run {
  const tsx = import.meta.resolve('tsx')
  const command = ['--import', tsx, path.join(ROOT, 'lib/cli/main.ts'), 'run', '--profile', ...words]
  return new Run(process.execPath, command, {
    cwd: dir,
    env: { TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.json') },
  })
}

async function talk(run: Run, ...lines: string[]): Promise<Peer> {
  const [, port] = await run.find(/open (\d+)/)
  const peer = await Peer.connect({ port: Number(port), host: '127.0.0.1' })
  for (const line of lines) peer.send(`${line}\r\n`)
  return peer
}

function profileIn(dir: string): { nodes: { callFrame: { functionName: string } }[] } {
  const files = readdirSync(dir)
  assert.is(files.length, 1, files.join())
  assert.match(files[0] as string, /^busy\.\d{8}-\d{6}\.cpuprofile$/)
  return JSON.parse(readFileSync(path.join(dir, files[0] as string), 'utf8'))
}

profile(
  'a service that is stopped leaves a profile, and the time of each handler by name and place',
  async () => {
    const dir = folder()
    await running(start(dir), async (run) => {
      await talk(run, 'one', 'stop')
      const { code, err } = await finished(run)
      assert.is(code, 0)
      const spent = (name: string): number =>
        Number(new RegExp(`([\\d.]+) ms +[\\d.]+ % +${name} +\\S*busy\\.ts:\\d+\\n`).exec(err)?.[1])
      for (const name of ['grind', 'Thinker', 'Made']) assert.ok(spent(name) > 0, `${name}\n${err}`)
      assert.match(err, /grind +\S*busy\.ts:35\n/)
      assert.match(err, /The whole profile is in busy\..*\.cpuprofile/)
      assert.ok(profileIn(dir).nodes.some(({ callFrame }) => callFrame.functionName === 'grind'))
    })
  },
)

profile('Ctrl-C leaves a profile', async () => {
  const dir = folder()
  await running(start(dir), async (run) => {
    await run.find(/open/)
    run.interrupt()
    assert.is(await run.ended, 0)
    profileIn(dir)
  })
})

profile('an error that ends the program leaves a profile, and its exit code', async () => {
  const dir = folder()
  await running(start(dir), async (run) => {
    await talk(run, 'throw')
    const { code, err } = await finished(run)
    assert.is(code, 1)
    assert.match(err, /RangeError: boom/)
    assert.match(err, /grind/)
    profileIn(dir)
  })
})

profile('a program that handles no signal leaves a profile as well', async () => {
  const dir = folder({ 'busy.mjs': "console.log('open'); setInterval(() => {}, 1000)" })
  const run = profiled(dir, `${dir}/busy.mjs`)
  await running(run, async () => {
    await run.find(/open/)
    run.interrupt()
    assert.is(await run.ended, 130)
    assert.is(readdirSync(dir).filter((file) => file.endsWith('.cpuprofile')).length, 1)
  })
})

profile('a profile that cannot be written is told, and the table is there all the same', async () => {
  const dir = folder({
    'none.mjs': "import { rmSync } from 'node:fs'; rmSync(process.cwd(), { recursive: true })",
  })
  const { code, err } = await finished(profiled(dir, `${dir}/none.mjs`))
  assert.is(code, 1)
  assert.match(err, /idle/)
  assert.match(err, /The profile could not be written: ENOENT/)
})

profile('under the angel it is refused with what to do', async () => {
  const { code, err } = await mara(['run', '--profile', 'spec/cli/fixtures/greeter.ts', '--angel'])
  assert.is(code, 2)
  assert.match(err, /^mara run: --profile profiles this process.*--angel=false/)
})

profile.run()
