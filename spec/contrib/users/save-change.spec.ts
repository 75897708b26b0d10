// Who is told that a command failed must find everything as it was: a full disk, say, and nothing is saved for a while.
import { BackendError } from 'mara-ts/storage'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { saveChange } from '../../../lib/contrib/users/save-change.js'
import { rejection } from '../../support/service.js'
import { PASSWORD, type Parlour, type TestUser, withParlour } from './harness.js'

const test = suite('contrib/users/save-change')

/** From now on nothing can be saved. @returns what ends that. */
function fillDisk({ service }: Parlour, meanwhile = () => {}): () => void {
  const { backend } = service.stores
  const { write } = backend
  backend.write = async () => {
    meanwhile()
    throw new BackendError('disk', 'The disk is full.', undefined)
  }
  return () => {
    backend.write = write
  }
}

test('a change that is not saved is taken back, and the error passed on', () =>
  withParlour(async (parlour) => {
    await parlour.join('ann')
    const ann = parlour.users.find('ann') as TestUser
    const empty = fillDisk(parlour)
    const change = (): void => {
      ann.gender = 'she'
    }
    assert.instance(await rejection(saveChange(ann, 'gender', change)), BackendError)
    assert.is(ann.gender, 'they')
    empty()
    await saveChange(ann, 'gender', change)
    assert.is(ann.gender, 'she')
  }))

test('what somebody else has made of it meanwhile stays', () =>
  withParlour(async (parlour) => {
    await parlour.join('ann')
    const ann = parlour.users.find('ann') as TestUser
    fillDisk(parlour, () => {
      ann.gender = 'it'
    })
    const change = (): void => {
      ann.gender = 'she'
    }
    await rejection(saveChange(ann, 'gender', change))
    assert.is(ann.gender, 'it')
  }))

test('set_admin, password and gender change nothing where they say that they failed', () =>
  withParlour(async (parlour) => {
    const ann = await parlour.join('ann')
    const bob = await parlour.join('bob')
    const { users } = parlour
    ;(users.find('ann') as TestUser).isAdmin = true
    const empty = fillDisk(parlour)
    assert.match((await ann.seen('set_admin bob on')).join(), /Sorry, set_admin failed/)
    assert.is(users.find('bob')?.isAdmin, false)
    assert.match((await bob.seen('gender she')).join(), /Sorry, gender failed/)
    assert.equal(await bob.seen('gender'), ['People speak of you as they/them/their/themselves.'])
    bob.send('password')
    const words = 'a new password'
    await bob.talk('Your old password: ', PASSWORD, 'Choose a new password', words, 'Repeat', words)
    await bob.until('Sorry, password failed')
    empty()
    bob.leave()
    await parlour.login('bob')
  }))

test.run()
