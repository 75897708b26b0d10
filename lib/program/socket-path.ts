/** Where the sockets of a program are: names that whoever knows the program's file can work out. */
import { createHash } from 'node:crypto'
import { lstatSync, realpathSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { makeFolder } from '../make-folder.js'
import { SocketFolderError } from '../transport/errors.js'
import { MAX_PRIVATE_PATH } from '../transport/private-socket.js'
import { absolutePath } from './working-directory.js'

/** The angel's control socket, and the console of the program itself. */
export type SocketKind = 'control' | 'console'

const ENDINGS: Readonly<Record<SocketKind, string>> = { control: '.sock', console: '.console' }

/**
 * The path of a program's socket, whatever name the program is called by.
 *
 * @throws Error with the code ENOENT where there is no such program.
 */
export function socketPath(file: string, kind: SocketKind, env = process.env): string {
  return socketFor(realpathSync(file), kind, env)
}

/**
 * The path of its second name, which leads to the first. A program in `current/chat.ts`, where `current` is a link to
 * the newest release, is another file after each release, and still has to be found by the name that it was started by.
 */
export function namedSocketPath(file: string, kind: SocketKind, env = process.env): string {
  return socketFor(absolutePath(file), kind, env)
}

function socketFor(file: string, kind: SocketKind, env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(file).digest('hex').slice(0, 20)
  return path.join(socketFolder(env), `${hash}${ENDINGS[kind]}`)
}

function socketFolder({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): string {
  if (runtime !== undefined && path.isAbsolute(runtime)) return path.join(runtime, 'mara')
  return path.join(tmpdir(), `mara-${userInfo().uid}`)
}

/**
 * Makes the folder of these sockets, which only its user may enter.
 *
 * @throws SocketFolderError where somebody else has made it: they could listen in; and where its path is too long.
 */
export function makeSocketFolder(socket: string): void {
  const folder = path.dirname(socket)
  const spare = MAX_PRIVATE_PATH - Buffer.byteLength(socket)
  if (spare < 0) {
    // The program does not choose this path, so it can't be told to choose another one.
    const problem = `has a path that is too long for sockets, by ${-spare} bytes`
    throw new SocketFolderError(
      folder,
      problem,
      'Set XDG_RUNTIME_DIR to a folder of your own with a shorter path.',
    )
  }
  try {
    makeFolder(folder, 0o700)
  } catch (error) {
    throw new SocketFolderError(folder, `can't be made (${(error as Error).message})`)
  }
  const found = lstatSync(folder)
  if (!found.isDirectory()) throw new SocketFolderError(folder, 'is no folder')
  if (found.uid !== userInfo().uid) throw new SocketFolderError(folder, 'belongs to another user')
  if ((found.mode & 0o077) !== 0) throw new SocketFolderError(folder, 'can be entered by others')
}
