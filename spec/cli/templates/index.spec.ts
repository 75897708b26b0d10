// time limit: 200 s
import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultTemplate, templateFiles, templates } from '../../../lib/cli/templates/index.js'
import { ROOT } from '../../support/node.js'
import { Peer } from '../../support/peer.js'
import { finished, Run, running, startMara } from '../support.js'

const template = suite('cli/templates')
const FILES = 'lib/cli/templates/files'

template('the table lists every template that there is', () => {
  assert.equal(templates.map(({ name }) => name).sort(), readdirSync(`${ROOT}/${FILES}`).sort())
  assert.ok(templates.includes(defaultTemplate))
})

for (const one of templates) {
  const { name } = one
  template(`the files of ${name} are given by paths with slashes`, async () => {
    const paths = [...(await templateFiles(one)).keys()].sort()
    const own = paths.filter((path) => !path.endsWith('.yaml'))
    assert.equal(own, ['README.md', 'spec/service.spec.ts', 'src/main.ts', 'src/service.ts'])
  })

  template(`the tests of ${name} pass with the library as it is here`, async () => {
    const args = ['--import', 'tsx', '--test', '--test-reporter=tap', `${FILES}/${name}/spec/service.spec.ts`]
    const { code, out } = await finished(new Run(process.execPath, args))
    assert.is(code, 0, out)
    assert.match(out, /^# pass [1-9]/m)
    assert.match(out, /^# fail 0$/m)
  })

  template(`${name} starts, answers and stops`, async () => {
    await running(
      startMara(['run', `${FILES}/${name}/src/main.ts`, '--port=0', '--no-log']),
      async (process) => {
        const [, port] = await process.find(/telnet 127\.0\.0\.1 (\d+)\n/)
        const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
        peer.send('Ann\r\n')
        await peer.until('Ann')
        process.interrupt()
        assert.is(await process.ended, 0)
        assert.is(process.err, '')
      },
    )
  })
}

template('the talker and the MUD are those of the examples', () => {
  const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8')
  const statements = (file: string): string[] => {
    const body = read(file)
      .replace(/^\/\*\*.*?\*\/\n/s, '')
      // What the template has around them, so that a service can be made more than once.
      .replace(/^\/\*\*.*\*\/\nexport function makeService\(\) \{\n(.*)^ {2}return service\n\}\n/ms, '$1')
      .replace(/^ +/gm, '')
    return body.split('\n\n').map((part) => part.trim())
  }
  for (const [example, name] of [
    ['examples/talker.ts', 'talker'],
    ['examples/mud/main.ts', 'mud'],
  ]) {
    // The example also runs the service, and says where.
    const own = statements(example as string).filter((part) => !/PostStart|service\.run/.test(part))
    const others = statements(`${FILES}/${name}/src/service.ts`).filter((part) => !part.includes('PreStop'))
    assert.ok(others.length > 3)
    assert.equal(
      own.filter((part) => !part.includes('PreStop')),
      others,
    )
  }
  assert.is(read('examples/mud/rooms.yaml'), read(`${FILES}/mud/src/rooms.yaml`))
})

template.run()
