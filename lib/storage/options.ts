/** Checks of what programs give to stores and their managers. */
import { checkNames, InvalidOptionError } from '../errors.js'
import { checkSignal } from '../wait.js'
import type { Backend } from './backend.js'

/** @throws InvalidOptionError for options that there are not, and for a signal that is none. */
export function checkOptions(where: string, options: object, names: readonly string[] = ['signal']): void {
  checkNames(where, options, names)
  const { signal } = options as { signal?: unknown }
  if (signal !== undefined) checkSignal(where, signal)
}

const METHODS = [
  'read',
  'write',
  'remove',
  'list',
  'setAside',
  'findSetAside',
  'locate',
  'close',
] satisfies (keyof Backend)[]

/** @throws InvalidOptionError for what lacks a method of back ends. */
export function checkBackend(where: string, name: string, backend: unknown): void {
  const isBackend = typeof backend === 'object' && backend !== null
  if (isBackend && METHODS.every((method) => typeof (backend as Backend)[method] === 'function')) return
  throw new InvalidOptionError(where, name, backend, `an object that has the methods ${METHODS.join(', ')}`)
}
