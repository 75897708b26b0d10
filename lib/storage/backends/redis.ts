/**
 * Keeps everything on a Redis server, through unstorage's driver and ioredis.
 */
import { systemClock } from '../../clock.js'
import { within } from '../../wait.js'
import type { Backend } from '../backend.js'
import { BackendError, BackendSettingError } from '../errors.js'
import { loadPackages } from './packages.js'
import { unstorageBackend } from './unstorage.js'

const PACKAGES = ['unstorage', 'ioredis@5']
/** Milliseconds that the server has to answer: one that hangs must keep no service from starting, nor from stopping. */
const PATIENCE = 10_000
/** Keys that the server looks at for one answer. Its own choice is 10, and so 5,000 answers for 50,000 keys. */
const SCANNED = 1_000

/**
 * @param setting `redis://[USER:PASSWORD@]HOST[:PORT][/DB][?prefix=NAME]`; `rediss://` for TLS. Keys are
 *   `PREFIX:KIND:KEY`; the prefix is `mara` unless given.
 * @throws BackendSettingError when a package is missing, or the setting is no URL; BackendError when no server answers, or it
 *   does not have that database.
 */
export async function redisBackend(setting: string, { patience = PATIENCE } = {}): Promise<Backend> {
  const url = urlOf(setting)
  const base = baseOf(url.searchParams.get('prefix') ?? 'mara')
  // The rest of the query is for ioredis: `?family=6`, say.
  url.searchParams.delete('prefix')
  // Never the whole URL, which may hold a password.
  const label = `redis at ${url.host}${url.pathname}`
  const { default: driverFor } = await loadPackages(
    'redis',
    PACKAGES,
    () => import('unstorage/drivers/redis'),
  )
  const options = { lazyConnect: true, maxRetriesPerRequest: 3, commandTimeout: patience, scanCount: SCANNED }
  const driver = driverFor({ base, url: url.href, ...options })
  const client = driver.getInstance?.()
  if (!client)
    throw new BackendSettingError('This version of unstorage gives no Redis client. Install version 1.17.')
  // Commands that fail reject, and ioredis connects again by itself; without a listener it would print besides. Only
  // here does it say why it could not connect.
  let reason: Error | undefined
  client.on('error', (error: Error) => {
    reason = error
  })
  const fails = (why: string, cause?: Error): never => {
    client.disconnect()
    throw new BackendError(label, `Cannot reach ${label}: ${why}`, cause)
  }
  try {
    const isReady = await within(systemClock, patience, client.connect())
    if (!isReady)
      fails(
        `it did not answer within ${patience} ms. Is it a Redis server, and does it speak TLS as the setting says?`,
      )
    // ioredis has asked for it already, but goes on with database 0 where that fails.
    await client.select(client.options.db ?? 0)
  } catch (error) {
    if (error instanceof BackendError) throw error
    const cause = reason ?? (error as Error)
    fails(`${cause.message}. Is the server running there, and does it have that database?`, cause)
  }
  return unstorageBackend(driver, label)
}

/** unstorage's driver writes slashes as colons, and drops those around; it lists nothing where its `base` has them still. */
function baseOf(prefix: string): string {
  return prefix.replaceAll(/[/\\]/g, ':').replaceAll(/^:+|:+$/g, '')
}

function urlOf(setting: string): URL {
  const wrong = (what: string): BackendSettingError =>
    new BackendSettingError(
      `The redis setting ${what}. Write redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE].`,
    )
  if (!URL.canParse(setting)) throw wrong('is not a URL')
  const url = new URL(setting)
  if (!/^\/?\d*$/.test(url.pathname)) throw wrong('names a database that is no number')
  try {
    decodeURIComponent(url.username + url.password)
  } catch {
    throw wrong('has a % in its user or password that is not followed by two hex digits: write %25')
  }
  return url
}
