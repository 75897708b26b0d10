import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InitError } from '../../../lib/cli/errors.js'
import { askForTemplate } from '../../../lib/cli/init/ask.js'
import { templates } from '../../../lib/cli/templates/index.js'
import { rejection } from '../../support/service.js'
import { screen } from '../support.js'

const ask = suite('cli/init/ask')

async function answer(...lines: string[]) {
  const io = screen({ isTTY: true })
  const asked = askForTemplate(io)
  io.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const { name } = await asked
  return { name, out: io.out() }
}

ask('all templates are offered, by number and by name', async () => {
  const width = Math.max(...templates.map(({ name }) => name.length))
  for (const [index, { name, summary }] of templates.entries()) {
    const byNumber = await answer(String(index + 1))
    assert.is(byNumber.name, name)
    assert.ok(byNumber.out.includes(`\n  ${index + 1}  ${name.padEnd(width)}  ${summary}\n`))
    assert.is((await answer(name)).name, name)
    assert.is((await answer(`  ${name.toUpperCase()} `)).name, name)
  }
})

ask('no answer is the default', async () => {
  assert.is((await answer('')).name, 'chat')
})

ask('it asks again until the answer is one', async () => {
  const { name, out } = await answer('9', '0', 'xylophone', '1.5', 'echo')
  assert.is(name, 'echo')
  assert.is(out.split(`Answer with a number from 1 to ${templates.length}`).length - 1, 4)
})

ask('the end of the input is a refusal', async () => {
  assert.instance(await rejection(answer()), InitError)
  assert.instance(await rejection(answer('nonsense')), InitError)
})

ask.run()
