/** Where the control socket of a program is: a name that whoever knows the program can work out. */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { ControlFolderError } from './errors.js'

/** Bytes of the path of a Unix socket, on the systems that allow fewest. */
const MAX_PATH = 103

/**
 * The path of the control socket for a program, whatever name it is called by.
 *
 * @throws Error with the code ENOENT where there is no such program.
 */
export function controlPath(file: string, env: NodeJS.ProcessEnv = process.env): string {
  return socketFor(realpathSync(file), env)
}

/**
 * The path of its second name, which leads to the first. A program in `current/chat.ts`, where `current` is a link to
 * the newest release, is another file after each release, and still has to be found by the name that it was started by.
 */
export function namedControlPath(file: string, env: NodeJS.ProcessEnv = process.env): string {
  return socketFor(path.resolve(file), env)
}

function socketFor(file: string, env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(file).digest('hex').slice(0, 20)
  return path.join(controlFolder(env), `${hash}.sock`)
}

function controlFolder({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): string {
  if (runtime !== undefined && path.isAbsolute(runtime)) return path.join(runtime, 'mara')
  return path.join(tmpdir(), `mara-${userInfo().uid}`)
}

/**
 * Makes the folder of control sockets, which only its user may enter.
 *
 * @throws ControlFolderError where somebody else has made it: they could listen in.
 */
export function makeControlFolder(socket: string): void {
  const folder = path.dirname(socket)
  if (Buffer.byteLength(socket) > MAX_PATH) {
    throw new ControlFolderError(folder, `is too long a path for a Unix socket (at most ${MAX_PATH} bytes)`)
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ControlFolderError(folder, `can't be made (${(error as Error).message})`)
  }
  const found = lstatSync(folder)
  if (!found.isDirectory()) throw new ControlFolderError(folder, 'is no folder')
  if (found.uid !== userInfo().uid) throw new ControlFolderError(folder, 'belongs to another user')
  if ((found.mode & 0o077) !== 0) throw new ControlFolderError(folder, 'can be entered by others')
}
