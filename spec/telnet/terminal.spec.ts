import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MTTS, mttsOf, TerminalFacts } from '../../lib/telnet/terminal.js'

const terminal = suite('telnet/terminal')

function facts(known: Partial<TerminalFacts>, variables: Record<string, string> = {}): TerminalFacts {
  const facts = Object.assign(new TerminalFacts(), known)
  for (const [name, value] of Object.entries(variables)) facts.setVariable(name, value)
  return facts
}

terminal('nothing is known in the beginning, and text is UTF-8', () => {
  const nothing = new TerminalFacts()
  assert.equal(
    [
      nothing.telnet,
      nothing.type,
      nothing.client,
      nothing.columns,
      nothing.rows,
      nothing.colours,
      nothing.encoding,
    ],
    [false, undefined, undefined, undefined, undefined, 'none', 'utf-8'],
  )
  assert.is(nothing.mtts, undefined)
  assert.is(nothing.environment.size, 0)
})

terminal(
  'the type is the first that the peer named; with MTTS the second, and the first is the client',
  () => {
    assert.is(facts({ ttypes: ['VT220', 'VT100'] }).type, 'VT220')
    assert.is(facts({ ttypes: ['VT220', 'VT100'] }).client, undefined)
    const tintin = facts({ ttypes: ['TINTIN++', 'xterm', 'MTTS 2825'] })
    assert.equal([tintin.type, tintin.client], ['xterm', 'TINTIN++'])
    const short = facts({ ttypes: ['Mudlet', 'MTTS 13'] })
    assert.equal([short.type, short.client], ['Mudlet', 'Mudlet'])
  },
)

terminal('colours: what MTTS states counts before COLORTERM, and that before the name of the type', () => {
  const none = ['dumb', 'UNKNOWN', 'network', '']
  const sixteen = [
    'xterm',
    'ANSI',
    'VT100',
    'vt220',
    'linux',
    'screen',
    'tmux',
    'rxvt-unicode',
    'xterm-color',
    'PUTTY',
  ]
  for (const type of none) assert.is(facts({ ttypes: [type] }).colours, 'none', type)
  for (const type of sixteen) assert.is(facts({ ttypes: [type] }).colours, 16, type)
  assert.is(facts({ ttypes: ['XTERM-256COLOR'] }).colours, 256)
  assert.is(facts({ ttypes: ['ANSI-TRUECOLOR'] }).colours, 'true')
  assert.is(facts({ ttypes: ['xterm-direct'] }).colours, 'true')
  assert.is(facts({ ttypes: ['xterm'] }, { COLORTERM: 'truecolor' }).colours, 'true')
  assert.is(facts({ mtts: MTTS.ANSI + MTTS.COLOURS_256 + MTTS.TRUECOLOUR }).colours, 'true')
  assert.is(facts({ mtts: MTTS.ANSI + MTTS.COLOURS_256 }).colours, 256)
  assert.is(facts({ mtts: MTTS.ANSI }).colours, 16)
  assert.is(
    facts({ mtts: MTTS.SCREEN_READER, ttypes: ['xterm-256color'] }, { COLORTERM: '24bit' }).colours,
    'none',
  )
})

terminal('an MTTS answer is a number and nothing else', () => {
  assert.is(mttsOf('MTTS 2349'), 2349)
  assert.is(mttsOf('mtts 1'), 1)
  for (const other of ['MTTS', 'MTTS ', 'MTTS x', 'MTTS -1', 'MTTS 1 2', 'XMTTS 1', `MTTS ${'9'.repeat(30)}`])
    assert.is(mttsOf(other), undefined, other)
})

terminal('a variable named __proto__ is a variable', () => {
  const { environment } = facts({}, JSON.parse('{"__proto__":"x"}'))
  assert.is(environment.get('__proto__'), 'x')
  assert.is(({} as Record<string, unknown>).x, undefined)
})

terminal('everything comes back from JSON as it was', () => {
  const known = facts(
    { telnet: true, columns: 80, rows: 24, encoding: 'latin1', ttypes: ['A', 'B', 'MTTS 9'], mtts: 9 },
    JSON.parse('{"USER":"ada","__proto__":"x"}'),
  )
  const copy = TerminalFacts.restore(JSON.parse(JSON.stringify(known.save())))
  assert.equal(copy.save(), known.save())
  assert.equal([...copy.environment], [...known.environment])
  assert.equal([copy.columns, copy.rows, copy.encoding, copy.type, copy.mtts], [80, 24, 'latin1', 'B', 9])
})

terminal('where nothing is known there is nothing to save', () => {
  assert.is(new TerminalFacts().save(), undefined)
})

terminal.run()
