/** Text for a client that is not there: for a test, a file or a log. */
import assert from 'node:assert/strict'
import { bold, compose, green, hex, hr, plain, red, render, rules, styled, wrap } from 'mara-ts/styles'

const alarm = compose(bold, red)
const heading = rules({ sequence: '-=', style: green })

const depths = ['true', 256, 16, 'none'] as const
for (const depth of depths) console.log(depth, JSON.stringify(render(hex('#ff8800')('x'), { depth })))

console.log(render(heading('Inventory'), { depth: 'none', columns: 29 }))
console.log(render(wrap('剣は日本の刀です。 A sword.', { width: 12 }), { depth: 'none' }).split('\r\n'))
assert.equal(render(alarm('fire'), { depth: 16 }), '\x1b[31;1mfire\x1b[0m')
assert.equal(render(bold`a ${plain('b')} c`, { depth: 16 }), '\x1b[1ma \x1b[0mb\x1b[1m c\x1b[0m')
assert.equal(render(hr(), { depth: 'none' }).length, 80)

// A string that comes from a user can't bring an escape sequence along.
const name = 'Mallory\x1b[2J'
assert.equal(render(styled`Hello, ${name}!`, { depth: 16 }), 'Hello, Mallory[2J!')
assert.equal(String(styled`Hello, ${bold(name)}!`), 'Hello, Mallory[2J!')
