/**
 * Runs npm. It tells of its progress and its errors itself, on stderr.
 */
import { spawn } from 'node:child_process'
import { InitError } from '../errors.js'

export interface NpmOptions {
  readonly cwd: string
  /** Ends npm. */
  readonly signal: AbortSignal
  /** The command; for specs. */
  readonly npm?: string | undefined
}

/**
 * Resolves when npm has succeeded.
 *
 * @throws InitError when npm has ended otherwise: only then is it certain that it writes no more.
 */
export async function runNpm(
  [command = '', ...args]: readonly string[],
  { cwd, signal, npm = 'npm' }: NpmOptions,
): Promise<void> {
  const problem = await new Promise<string | undefined>((resolve) => {
    const child = spawn(npm, [command, ...args], {
      cwd,
      stdio: ['ignore', 2, 2],
      // There npm is a script, which only a shell can start.
      shell: process.platform === 'win32',
    })
    const kill = (): void => void child.kill()
    if (signal.aborted) kill()
    signal.addEventListener('abort', kill, { once: true })
    const settle = (text?: string): void => {
      signal.removeEventListener('abort', kill)
      resolve(text)
    }
    child.once('error', (error) => settle(`npm could not be started: ${error.message}`))
    child.once('exit', (code, killedBy) => {
      settle(code === 0 ? undefined : `npm ${command} ended with ${killedBy ?? `exit code ${code}`}`)
    })
  })
  if (signal.aborted) throw new InitError('Interrupted.')
  if (problem !== undefined) throw new InitError(`${problem}.`)
}
