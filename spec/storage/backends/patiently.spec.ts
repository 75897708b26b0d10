import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patiently } from '../../../lib/storage/backends/patiently.js'
import { turns } from '../../support/service.js'

const test = suite('storage backends/patiently')

const outOfDescriptors = (): Error => Object.assign(new Error('too many open files'), { code: 'EMFILE' })

/** Work that needs one of so many descriptors, and holds it for a few turns. */
function office(left: number) {
  const log: string[] = []
  const work = (name: string) => async (): Promise<string> => {
    if (left === 0) throw outOfDescriptors()
    left -= 1
    log.push(name)
    await turns(2)
    left += 1
    return name
  }
  return { log, work }
}

test('whoever finds no descriptor waits for one of those who have some', async () => {
  const { log, work } = office(2)
  const names = ['a', 'b', 'c', 'd', 'e']
  assert.equal(await Promise.all(names.map((name) => patiently(work(name)))), names)
  assert.equal([...log].sort(), names, 'each is done once')
})

test('where nobody has one it is an error for each', async () => {
  const { work } = office(0)
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => patiently(work(name))))
  assert.equal(
    results.map((result) => result.status === 'rejected' && result.reason.code),
    ['EMFILE', 'EMFILE', 'EMFILE'],
  )
})

test('another error is thrown at once, and those who wait go on', async () => {
  const { work } = office(1)
  const failing = patiently(async () => {
    await work('a')()
    throw new Error('the disk is full')
  })
  const waiting = patiently(work('b'))
  const failure = await failing.catch((error: Error) => error.message)
  assert.is(failure, 'the disk is full')
  assert.is(await waiting, 'b')
})

test.run()
