import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatTable } from '../../lib/text/table.js'
import { textWidth } from '../../lib/text/width.js'

const table = suite('text/table')

const heading = ['Name', 'Value', 'From']
const rows = [
  ['port', '9000', 'default'],
  ['motd', 'a long greeting for all who come', 'file a.yaml'],
  ['path', '', 'default'],
]
const terminal = (columns: number) => ({ isTTY: true, columns, write: () => {} })
const pipe = { isTTY: false, write: () => {} }

table('on a terminal columns stand side by side under their heading', () => {
  assert.is(
    formatTable(heading, rows, 1, terminal(80)),
    [
      'Name  Value                             From',
      'port  9000                              default',
      'motd  a long greeting for all who come  file a.yaml',
      'path                                    default',
      '',
    ].join('\n'),
  )
})

table('elsewhere each row is a line with tabs between its cells, nothing cut and no heading', () => {
  const long = 'x'.repeat(500)
  const text = formatTable(heading, [...rows, ['last', long, 'default']], 1, pipe)
  assert.is(text.split('\n')[0], 'port\t9000\tdefault')
  assert.is(text.split('\n')[2], 'path\t\tdefault')
  assert.is(text.split('\n')[3], `last\t${long}\tdefault`)
  assert.is(text.split('\n').length, 5)
})

table('the flexible column is cut so that a line fits the terminal', () => {
  const lines = formatTable(heading, rows, 1, terminal(35)).split('\n')
  assert.is(lines[0], 'Name  Value             From')
  assert.is(lines[2], 'motd  a long greeting…  file a.yaml')
})

table('a terminal that is too narrow still shows some of each value', () => {
  assert.match(formatTable(heading, rows, 1, terminal(5)), /motd {2}a long … {2}file a\.yaml/)
})

table('wide characters count twice, and none is torn', () => {
  const wide = [
    ['名前', '漢字漢字漢字漢字漢字', 'x'],
    ['n', 'v', 'x'],
  ]
  const lines = formatTable(['N', 'V', 'F'], wide, 1, terminal(20)).split('\n')
  assert.is(lines[1], '名前  漢字漢字漢…  x')
  assert.is(lines[2], 'n     v            x')
})

table('no line is wider than a terminal that has room for the other columns', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\t\n]/g, ' '))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constant('name'), cell, fc.constant('origin'))), (cells) => {
      for (const line of formatTable(heading, cells, 1, terminal(30)).split('\n')) {
        assert.ok(textWidth(line) <= 30, line)
      }
    }),
  )
})

table.run()
