import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isMissingPackage, loadPackages, missingPackages } from '../../../lib/storage/backends/packages.js'
import { BackendSettingError } from '../../../lib/storage/index.js'
import { rejection } from '../support/people.js'

const test = suite('storage backend packages')

const absent = 'no-such-package-of-ours'

test('a package that is not installed is an error that says what to install', async () => {
  const error = await rejection(loadPackages('sqlite', ['db0', '@libsql/client'], () => import(absent)))
  assert.instance(error, BackendSettingError)
  assert.match(error.message, /sqlite.*npm install db0 @libsql\/client$/)
})

test('a package that a package failed to load is found in the causes', async () => {
  const cause = await rejection(import(absent))
  assert.ok(isMissingPackage(new Error('Cannot import', { cause: new Error('inner', { cause }) })))
  assert.is(missingPackages('sqlite', ['db0'], cause).cause, cause)
})

test('any other failure comes through as it is', async () => {
  const broken = new Error('broken')
  assert.is(await rejection(loadPackages('redis', ['ioredis'], () => Promise.reject(broken))), broken)
  for (const error of [broken, undefined, null, 'text']) assert.not.ok(isMissingPackage(error))
})

test('what is there is loaded', async () => {
  assert.is((await loadPackages('path', [], () => import('node:path'))).sep.length, 1)
})

test.run()
