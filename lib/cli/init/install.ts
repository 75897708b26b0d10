/**
 * Has npm install what a new project needs. npm tells of its progress itself, on stderr.
 */
import { spawn } from 'node:child_process'
import { InitError } from '../errors.js'
import type { Output } from '../io.js'

/**
 * @param shown the folder as the user wrote it.
 * @throws InitError; the files of the project are there all the same.
 */
export async function install(folder: string, shown: string, stderr: Output, npm = 'npm'): Promise<void> {
  stderr.write('\nInstalling what it needs: npm install\n')
  const problem = await new Promise<string | undefined>((resolve) => {
    const child = spawn(npm, ['install', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
      // There npm is a script, which only a shell can start.
      shell: process.platform === 'win32',
    })
    child.once('error', (error) => resolve(`npm could not be started: ${error.message}`))
    child.once('exit', (code, signal) => {
      resolve(code === 0 ? undefined : `npm install ended with ${signal ?? `exit code ${code}`}`)
    })
  })
  if (problem === undefined) return
  throw new InitError(`${problem}. The files are in ${shown}: go there, and run npm install again.`)
}
