import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withParlour } from './harness.js'

const test = suite('contrib/users/gender')

test('people choose how they are spoken of, in words of their own too', () =>
  withParlour(async ({ join, users }) => {
    const ann = await join('ann')
    const is = (words: string) => `People speak of you as ${words}.`
    const wrong = 'Choose he, she, they or it, or give four words of your own: xe/xem/xyr/xemself'
    assert.equal(await ann.seen('gender', 'gender SHE', 'gender it', 'gender Xe/xem/xyr/xemself'), [
      is('they/them/their/themselves'),
      is('she/her/her/herself'),
      is('it/it/its/itself'),
      is('xe/xem/xyr/xemself'),
    ])
    assert.equal(users.find('ann')?.pronouns, {
      subject: 'xe',
      object: 'xem',
      possessive: 'xyr',
      reflexive: 'xemself',
    })
    for (const refused of [
      'other',
      'toString',
      '__proto__',
      'xe/xem',
      'a/b/c/d/e',
      'a/b/c/d1',
      `a/b/c/${'d'.repeat(13)}`,
    ]) {
      assert.equal(await ann.seen(`gender ${refused}`), [wrong], refused)
    }
    assert.equal(await ann.seen(`gender a/b/𝕔/${'d'.repeat(12)}`, 'gender xe/xem/xyr/xemself'), [
      is('a/b/c/dddddddddddd'),
      is('xe/xem/xyr/xemself'),
    ])
    await users.find('ann')?.load()
    assert.is(users.find('ann')?.pronouns.reflexive, 'xemself')
  }))

test('an account that was saved with longer words is read', () =>
  withParlour(async ({ users, service }) => {
    const word = 'w'.repeat(20)
    const gender = { subject: word, object: word, possessive: word, reflexive: word }
    await service.stores.backend.write('user', 'ann', JSON.stringify({ name: 'ann', gender }))
    assert.equal((await users.load('ann'))?.pronouns, gender)
  }))

test.run()
