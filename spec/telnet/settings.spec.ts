import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MaraError } from '../../lib/errors.js'
import {
  defaultOptions,
  naws,
  OPTION,
  type TelnetOption,
  TelnetSettings,
  TelnetSettingsError,
} from '../../lib/telnet/index.js'
import * as options from '../../lib/telnet/options/index.js'
import { show } from './harness.js'

const settings = suite('telnet/settings')

settings('the defaults: 8 KiB a subnegotiation, 100 replies a second, one offer at connect', () => {
  const { maxSubnegotiation, maxTelnetReplies, openingBytes } = new TelnetSettings()
  assert.equal([maxSubnegotiation, maxTelnetReplies, show(openingBytes)], [8192, 100, 'FF FD 18'])
})

settings('the opening is any of the offered options, in any order, or none', () => {
  assert.is(show(new TelnetSettings({ opening: [] }).openingBytes), '')
  const opening = [OPTION.NAWS, OPTION.END_OF_RECORD]
  assert.is(show(new TelnetSettings({ opening }).openingBytes), 'FF FD 1F FF FB 19')
})

settings('without TTYPE among the options there is no opening', () => {
  assert.is(show(new TelnetSettings({ options: [naws] }).openingBytes), '')
})

settings('the default options are all that there are, and each has its own code', () => {
  const { defaultOptions: _, ...all } = options
  const byName = (some: readonly TelnetOption[]) => some.map(({ name }) => name).sort()
  assert.equal(byName(defaultOptions), byName(Object.values(all)))
  assert.is(new Set(defaultOptions.map((option) => option.code)).size, defaultOptions.length)
})

settings('what cannot be is refused by name and value', () => {
  const bad: [ConstructorParameters<typeof TelnetSettings>[0], RegExp][] = [
    [{ maxSubnegotiation: 0 }, /maxSubnegotiation: 0/],
    [{ maxTelnetReplies: Number.NaN }, /maxTelnetReplies: NaN/],
    [{ options: [{ code: 240, name: 'NO' }] }, /NO has the code 240/],
    [{ options: [{ code: 256, name: 'NO' }] }, /NO has the code 256/],
    [{ options: [naws, { code: 31, name: 'MINE' }] }, /NAWS and MINE both have the code 31/],
    [{ opening: [OPTION.ECHO] }, /opening: no offered option has the code 1/],
    [{ opening: [200] }, /opening: no offered option has the code 200/],
  ]
  for (const [input, message] of bad) {
    try {
      new TelnetSettings(input)
      assert.unreachable(String(message))
    } catch (error) {
      assert.instance(error, TelnetSettingsError)
      assert.instance(error, MaraError)
      assert.match((error as Error).message, message)
    }
  }
})

settings('what is no list of options, and what is none in it, is refused as such', () => {
  for (const wrong of [5, {}, 'naws', [...defaultOptions, undefined], [null]]) {
    assert.throws(
      () => new TelnetSettings({ options: wrong as never }),
      (error: unknown) => error instanceof TelnetSettingsError && error.message.includes('options: '),
    )
  }
})

settings.run()
