import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { secret } from '../../lib/settings/core.js'
import { helpText } from '../../lib/settings/help.js'
import { defineSettings } from '../../lib/settings/schema.js'

const help = suite('settings/help')

const schema = defineSettings({
  motd: z.string().default('Hi').describe('Greeting of every client.'),
  token: secret(z.string()).default('hunter2').describe('Token of the chat bridge.'),
})

help('tells of each setting its flag, type, description, default and variable', () => {
  const text = helpText(schema, { program: 'node chat.js' })
  for (const { name, variable } of schema.fields.values()) {
    assert.ok(text.includes(`\n  --${name}`), name)
    assert.ok(text.includes(variable), variable)
  }
  assert.match(text, /^Usage: node chat\.js /)
  assert.match(
    text,
    /\n {2}--port=<integer from 0 to 65535>\n {6}TCP port .*\n {6}\[default: 9000; environment: MARA_PORT\]\n/,
  )
  assert.match(text, /\n {2}--raw, --no-raw\n/)
  assert.match(text, /\n {2}--log=<[^>]+>, --no-log\n/)
  assert.match(
    text,
    /\n {2}--motd=<string>\n {6}Greeting of every client\.\n {6}\[default: Hi; environment: MARA_MOTD\]\n/,
  )
  assert.match(text, /\n {2}--help\n/)
  assert.ok(text.endsWith('\n'))
})

help('does not show the default of a secret', () => {
  const text = helpText(schema, { program: 'chat' })
  assert.not.match(text, /hunter2/)
  assert.match(text, /\[default: \*\*\*; environment: MARA_TOKEN\]/)
})

help('keeps within its columns, 80 unless said otherwise, and loses no word', () => {
  for (const line of helpText(schema, { program: 'chat' }).split('\n')) assert.ok(line.length <= 80, line)
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
      fc.integer({ min: 60, max: 120 }),
      (words, columns) => {
        const own = defineSettings({ motd: z.string().describe(words.join(' ')) })
        const text = helpText(own, { program: 'chat', columns })
        const entry = text.split('--motd=<string>\n')[1]?.split('[environment: MARA_MOTD]')[0] ?? ''
        assert.equal(entry.split(/\s+/).filter(Boolean), words)
        for (const line of entry.split('\n')) assert.ok(line.length <= columns, line)
      },
    ),
    { numRuns: 30 },
  )
})

help.run()
