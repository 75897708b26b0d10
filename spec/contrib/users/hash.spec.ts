import { scryptSync } from 'node:crypto'
import { hashPassword, isOutdated, passwordCost, verifyPassword } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { longestNormalized } from '../../support/normalized.js'

const test = suite('contrib/users/hash')

test('a new hash is scrypt in PHC form, as costly as OWASP asks for, each with its own salt', async () => {
  assert.equal(passwordCost, { ln: 15, r: 8, p: 3 })
  const hash = await hashPassword('correct horse')
  assert.match(hash, /^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  const [, , , salt = '', key = ''] = hash.split('$')
  const options = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 27 }
  assert.is(
    scryptSync('correct horse', Buffer.from(salt, 'base64'), 32, options).toString('base64'),
    `${key}=`,
  )
  passwordCost.ln = 4
  assert.is.not(await hashPassword('x'), await hashPassword('x'))
})

test('a password fits its own hash alone, however its characters are composed', async () => {
  const hash = await hashPassword('caf\u00e9 noir')
  assert.is(await verifyPassword('cafe\u0301 noir', hash), true)
  for (const wrong of ['cafe noir', 'caf\u00e9 noir ', 'CAF\u00c9 NOIR', ''])
    assert.is(await verifyPassword(wrong, hash), false)
})

test('a very long password fits its own hash, and its accents are not sorted, which takes the square of their number', async () => {
  const long = `e${'\u0301'.repeat(1_001)}`
  const longest = await longestNormalized(async () => {
    const hash = await hashPassword(long)
    assert.is(await verifyPassword(long, hash), true)
    assert.is(await verifyPassword(long.slice(1), hash), false)
  })
  assert.ok(longest <= 1_000)
})

test('hashes of other costs are read, and are outdated', async () => {
  const old = await hashPassword('secret')
  assert.is(isOutdated(old), false)
  passwordCost.ln = 5
  assert.is(isOutdated(old), true)
  assert.is(await verifyPassword('secret', old), true)
})

test('hashes may be as cheap as scrypt can be made, as in tests', async () => {
  const { ln } = passwordCost
  for (passwordCost.ln = 1; passwordCost.ln <= 3; passwordCost.ln++) {
    const cheap = await hashPassword('secret')
    assert.is(await verifyPassword('secret', cheap), true)
    assert.is(await verifyPassword('secret', cheap.replace('p=3', 'p=16')), false)
  }
  passwordCost.ln = ln
})

test('what is no hash, or one that would take all memory, fits nothing', async () => {
  const salt = 'AAAAAAAAAAAAAAAAAAAAAA'
  const key = 'A'.repeat(43)
  for (const stored of [
    '',
    'secret',
    `$scrypt$ln=30,r=8,p=1$${salt}$${key}`,
    `$scrypt$ln=10,r=99,p=1$${salt}$${key}`,
    `$scrypt$ln=10,r=8,p=99$${salt}$${key}`,
    `$scrypt$ln=0,r=8,p=1$${salt}$${key}`,
    `$scrypt$ln=10,r=8,p=1$${salt}$`,
    `$2b$31$${'a'.repeat(53)}`,
  ]) {
    assert.is(await verifyPassword('secret', stored), false, stored)
    assert.is(isOutdated(stored), true)
  }
})

// Made by the system's crypt(3) from SHA-512 digests as the original made them.
const SALT = '$2b$05$abcdefghijklmnopqrstuu'
const bcrypt: [what: string, password: string, hash: string][] = [
  ['bcrypt2', 'correct horse', 'oty9SvQiFOf60DrKwhZC96ncFu9byZG'],
  ['bcrypt1', 'correct horse', 'IqW4fod2QV/13leyAdYOEvl8uMJMSnu'],
  ['bcrypt1, of whose digest the second byte is zero', 'zero 133', 'CAOGrd/uDQ12qRV4fd/aD8HUmFJH1hO'],
  ['bcrypt1, of whose digest the first byte is zero', 'zero 967', '0oImNDIy4flhldV9YqunRgBAePKmw7m'],
]

for (const [what, password, hash] of bcrypt) {
  test(`the original's hash is read: ${what}`, async () => {
    assert.is(await verifyPassword(password, SALT + hash), true)
    assert.is(await verifyPassword(`${password}!`, SALT + hash), false)
    assert.is(isOutdated(SALT + hash), true)
  })
}

test.run()
