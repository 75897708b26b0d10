/**
 * Loads optional packages.
 */
import { BackendSettingError } from '../errors.js'

/** @throws BackendSettingError that says what to install when a package is missing. */
export async function loadPackages<M>(
  setting: string,
  packages: readonly string[],
  load: () => Promise<M>,
): Promise<M> {
  try {
    return await load()
  } catch (error) {
    if (isMissingPackage(error)) throw missingPackages(setting, packages, error)
    throw error
  }
}

export function isMissingPackage(error: unknown): boolean {
  const { code, cause } = Object(error) as { code?: string; cause?: unknown }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return true
  return cause !== undefined && isMissingPackage(cause)
}

export function missingPackages(
  setting: string,
  packages: readonly string[],
  cause: unknown,
): BackendSettingError {
  return new BackendSettingError(
    `The ${setting} back end needs packages that are not installed. Run: npm install ${packages.join(' ')}`,
    { cause },
  )
}
