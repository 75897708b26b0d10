/** Checks of what programs give to stores and their managers. */
import { checkMethods, checkNames } from '../errors.js'
import { checkSignal } from '../wait.js'
import type { Backend } from './backend.js'

/** @throws InvalidOptionError for options that there are not, and for a signal that is none. */
export function checkOptions(
  where: string,
  options: object,
  names: readonly string[] = ['signal'],
  switches?: readonly string[],
): void {
  checkNames(where, options, names, switches)
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
  checkMethods(where, name, backend, METHODS)
}
