/**
 * Keeps everything on a Redis server, through unstorage's driver and ioredis.
 */
import type { Backend } from '../backend.js'
import { BackendError, BackendSettingError } from '../errors.js'
import { loadPackages } from './packages.js'
import { unstorageBackend } from './unstorage.js'

const PACKAGES = ['unstorage', 'ioredis@5']

/**
 * @param setting `redis://[USER:PASSWORD@]HOST[:PORT][/DB][?prefix=NAME]`; `rediss://` for TLS. Keys are
 *   `PREFIX:KIND:KEY`; the prefix is `mara` unless given.
 * @throws BackendSettingError when a package is missing, or the setting is no URL; BackendError when no server answers.
 */
export async function redisBackend(setting: string): Promise<Backend> {
  if (!URL.canParse(setting))
    throw new BackendSettingError('The redis setting is not a URL. Write redis://HOST:PORT.')
  const url = new URL(setting)
  const base = url.searchParams.get('prefix') ?? 'mara'
  // The rest of the query is for ioredis: `?family=6`, say.
  url.searchParams.delete('prefix')
  // Never the whole URL, which may hold a password.
  const label = `redis at ${url.host}${url.pathname}`
  const { default: driverFor } = await loadPackages(
    'redis',
    PACKAGES,
    () => import('unstorage/drivers/redis'),
  )
  const driver = driverFor({ base, url: url.href, lazyConnect: true, maxRetriesPerRequest: 3 })
  const client = driver.getInstance?.()
  if (!client)
    throw new BackendSettingError('This version of unstorage gives no Redis client. Install version 1.17.')
  // Commands that fail reject, and ioredis connects again by itself; without a listener it would print besides. Only
  // here does it say why it could not connect.
  let reason: Error | undefined
  client.on('error', (error: Error) => {
    reason = error
  })
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    const cause = reason ?? (error as Error)
    throw new BackendError(
      label,
      `Cannot reach ${label}: ${cause.message}. Is the server running there?`,
      cause,
    )
  }
  return unstorageBackend(driver, label)
}
