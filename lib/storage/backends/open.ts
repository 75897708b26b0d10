/**
 * One setting chooses the back end. A back end that needs optional packages is loaded only when it is chosen, so that
 * nobody has to install a database client for nothing.
 */
import { join } from 'node:path'
import { InvalidOptionError } from '../../errors.js'
import { abortable } from '../../wait.js'
import type { Backend, WaitOptions } from '../backend.js'
import { BackendSettingError } from '../errors.js'
import { checkOptions } from '../options.js'
import { fileBackend } from './file.js'
import { memoryBackend } from './memory.js'

/**
 * @param setting `file`, `file:DIRECTORY`, `memory`, `sqlite`, `sqlite:FILE`, `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`
 *   or `rediss://...`, with `?prefix=NAME` to share a Redis database.
 * @param options.storePath the directory for `file` and `sqlite` without a place of their own.
 */
export async function openBackend(
  setting: string,
  options: WaitOptions & { storePath?: string | undefined } = {},
): Promise<Backend> {
  if (typeof setting !== 'string')
    throw new InvalidOptionError('openBackend()', 'setting', setting, "text, such as 'file:data'")
  checkOptions('openBackend()', options, ['storePath', 'signal'])
  const { storePath = 'data', signal } = options
  signal?.throwIfAborted()
  const colon = setting.indexOf(':')
  const scheme = colon < 0 ? setting : setting.slice(0, colon)
  const place = colon < 0 ? '' : setting.slice(colon + 1)
  switch (scheme) {
    case 'file':
      return fileBackend(place || storePath)
    case 'memory':
      return memoryBackend()
    case 'sqlite': {
      const { sqliteBackend } = await import('./sqlite.js')
      return abandonable(sqliteBackend(place || join(storePath, 'mara.sqlite')), signal)
    }
    case 'redis':
    case 'rediss': {
      const { redisBackend } = await import('./redis.js')
      return abandonable(redisBackend(setting), signal)
    }
    default:
      throw new BackendSettingError(
        `There is no back end "${scheme}". Use file, file:DIRECTORY, memory, sqlite, sqlite:FILE or redis://HOST:PORT.`,
      )
  }
}

/** Closes a back end that opens after the wait for it has ended. */
function abandonable(opening: Promise<Backend>, signal: AbortSignal | undefined): Promise<Backend> {
  opening.then(
    async (backend) => {
      if (signal?.aborted) await backend.close()
    },
    () => {},
  )
  return abortable(opening, signal)
}
