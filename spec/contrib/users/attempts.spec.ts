import { Attempts } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('contrib/users/attempts')

const HERE = '192.0.2.1'

/** Delays of so many wrong passwords, each tried as soon as the one before is answered. */
function delays(attempts: Attempts, count: number, account = 'ann', address = HERE): (number | undefined)[] {
  let now = 0
  return Array.from({ length: count }, () => {
    const attempt = attempts.begin(account, address, now)
    attempt?.failed()
    now += attempt?.delay ?? 0
    return attempt?.delay
  })
}

test('the third wrong password for an account makes the next one wait, and each further one twice as long', () => {
  const s = 1000
  assert.equal(delays(new Attempts(), 11), [0, 0, 0, s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s])
})

test('addresses of one network of IPv6 are one address', () => {
  const attempts = new Attempts({ freePerAddress: 2 })
  const from = (address: string, account: string): number | undefined => {
    const attempt = attempts.begin(account, address, 0)
    attempt?.failed()
    return attempt?.delay
  }
  assert.equal(
    [from('2001:db8::1', 'ann'), from('2001:db8::2', 'bob'), from('2001:db8::3', 'cat')],
    [0, 0, 1000],
  )
  assert.is(from('2001:db8:0:1::1', 'dan'), 0)
})

test('tries at once are counted as they begin, and none waits longer than the longest delay', () => {
  const attempts = new Attempts()
  const all = Array.from({ length: 100 }, () => attempts.begin('ann', undefined, 0))
  assert.equal(
    all.slice(0, 8).map((one) => one?.delay),
    [0, 0, 0, 1000, 3000, 7000, 15_000, 31_000],
  )
  assert.ok(all.slice(9).every((one) => one === undefined))
})

test('many accounts tried from one address are slowed down, too', () => {
  const attempts = new Attempts()
  let now = 0
  const seen = Array.from({ length: 23 }, (_, i) => {
    const attempt = attempts.begin(`user${i}`, HERE, now)
    attempt?.failed()
    now += attempt?.delay ?? 0
    return attempt?.delay
  })
  assert.equal(seen.slice(0, 20), Array(20).fill(0))
  assert.equal(seen.slice(20), [1000, 2000, 4000])
  assert.is(attempts.begin('other', '192.0.2.2', now)?.delay, 0)
})

test('fifty people who log in from one address at once wait for nobody', () => {
  const attempts = new Attempts()
  const all = Array.from({ length: 50 }, (_, i) => attempts.begin(`user${i}`, HERE, 0))
  assert.ok(all.every((one) => one?.delay === 0))
  for (const one of all) one?.succeeded()
})

test('the right password forgets the wrong ones for the account', () => {
  const attempts = new Attempts()
  delays(attempts, 2)
  attempts.begin('ann', HERE, 0)?.succeeded()
  assert.equal(delays(attempts, 4), [0, 0, 0, 1000])
})

test('an attacker elsewhere does not slow down an owner who has logged in from the same address before', () => {
  const attempts = new Attempts()
  attempts.begin('ann', HERE, 0)?.succeeded()
  delays(attempts, 20, 'ann', '192.0.2.66')
  assert.is(attempts.begin('ann', HERE, 0)?.delay, 0)
  assert.ok((attempts.begin('ann', '192.0.2.67', 0)?.delay ?? 1) > 0)
})

test('after an hour of peace all is forgotten', () => {
  const attempts = new Attempts()
  delays(attempts, 6)
  assert.is(attempts.begin('ann', HERE, 3_600_000 * 2)?.delay, 0)
})

test('a clock that is set back makes nobody wait longer than was left to wait, and forgets nothing', () => {
  const hour = 3_600_000
  const attempts = new Attempts({ freePerAddress: 4 })
  for (let i = 0; i < 4; i++) attempts.begin('ann', HERE, hour)?.failed()
  const late = attempts.begin('bob', HERE, hour)
  assert.is(late?.delay, 2000)
  assert.is(attempts.begin('ann', '192.0.2.2', 0)?.delay, 3000)
  assert.is(attempts.begin('cat', HERE, 0)?.delay, 2000)
  // One that began before the clock was set.
  late?.failed()
  assert.is(attempts.begin('dan', HERE, 10)?.delay, 4000)
})

test('memory is bounded, whatever is tried', () => {
  const attempts = new Attempts({ most: 100 })
  for (let i = 0; i < 5_000; i++) attempts.begin(`user${i}`, `address ${i}`, i)?.succeeded()
  for (let i = 0; i < 5_000; i++) attempts.begin(`user${i}`, `address ${i}`, i)?.failed()
  assert.is(attempts.size, 100)
})

test.run()
