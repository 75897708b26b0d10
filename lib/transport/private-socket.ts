/**
 * A Unix socket that only its user can open: the angel's control socket, and consoles.
 *
 * What must stay true: at no moment can anybody else open it. So it is made in a folder that only its user may enter, gets
 * its mode there, and is put in its place only then, where it replaces nothing but what a dead process of this user has
 * left behind. When it is closed, it is removed only if it is still the same one: another process may have put its own
 * in this place.
 */
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
} from 'node:fs'
import net from 'node:net'
import { userInfo } from 'node:os'
import path from 'node:path'
import { AddressInUseError, ListenError } from './errors.js'
import { isAnswered, listen } from './listening.js'

/** Bytes of the path of a Unix socket, on the systems that allow fewest. */
export const MAX_PRIVATE_PATH = 103
/** How often to look whether the socket is still there, in milliseconds. */
const LOOK = 1_000

export interface PrivateSocketOptions {
  readonly path: string
  /** A second name in the same folder, which leads to the first. */
  readonly alias?: string | undefined
  /** What it is, for warnings: `control socket`. */
  readonly what: string
  /** What to do if somebody listens there already; for the error's message. */
  readonly hint: string
  /** Whether peers that have said their last may still read. */
  readonly allowHalfOpen?: boolean
  /** Sees to it that the folder of the path is there; called whenever the socket is made. */
  makeFolder?(): void
  connection(socket: net.Socket): void
  /** Something went wrong that the operator should know about; it listens on. */
  warn(message: string): void
}

export class PrivateSocket {
  readonly #options: PrivateSocketOptions
  #server: net.Server | undefined
  /** Which file it is: names may lead to others by and by. */
  #file: Stats | undefined
  readonly #watch: NodeJS.Timeout
  #remaking = false
  #told = false
  #closed = false

  private constructor(options: PrivateSocketOptions) {
    this.#options = options
    this.#watch = setInterval(() => void this.#look(), LOOK)
    this.#watch.unref()
  }

  /**
   * Listens. What has been left behind by a dead process is replaced, and what somebody clears away (as a system does
   * with old temporary files) is made again.
   *
   * @throws AddressInUseError where somebody answers there.
   * @throws ListenError where it can't be made, or where something stands that is not this user's socket.
   */
  static async listen(options: PrivateSocketOptions): Promise<PrivateSocket> {
    const socket = new PrivateSocket(options)
    try {
      await socket.#open()
    } catch (error) {
      socket.close()
      throw error
    }
    return socket
  }

  /** Accepts no more. Who is connected stays so. */
  close(): void {
    this.#closed = true
    clearInterval(this.#watch)
    this.#server?.close()
    this.#server = undefined
    if (!this.#isThere()) return
    const { path: name, alias } = this.#options
    if (alias !== undefined && alias !== name && leadsTo(alias, name)) rmSync(alias, { force: true })
    rmSync(name, { force: true })
  }

  async #open(): Promise<void> {
    const { path: name, alias = name, hint, allowHalfOpen = false, connection, warn } = this.#options
    this.#options.makeFolder?.()
    if (alias !== name && (await isAnswered(alias))) throw new AddressInUseError(alias, hint)
    await makeFree(name, hint)
    const server = net.createServer({ allowHalfOpen }, connection)
    const folder = makeCradle(name)
    try {
      const born = path.join(folder, 's')
      checkLength(born)
      await listen(server, { path: born, exclusive: true } as { path: string }, (error) => {
        warn(`A connection to the ${this.#options.what} could not be accepted: ${error.message}`)
      })
      chmodSync(born, 0o600)
      if (this.#closed) return void server.close()
      this.#file = lstatSync(born)
      place(born, name, hint)
      this.#server = server
    } catch (error) {
      server.close()
      throw asListenError(name, error)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    if (alias === name) return
    rmSync(alias, { force: true })
    symlinkSync(path.basename(name), alias)
  }

  /** Whether the socket is still where it was put. */
  #isThere(): boolean {
    try {
      const { ino, dev } = lstatSync(this.#options.path)
      return ino === this.#file?.ino && dev === this.#file.dev
    } catch {
      // It is gone, or nobody may look any more.
      return false
    }
  }

  /** Makes it again where it is gone. Where that can't be done it is told once, and tried again. */
  async #look(): Promise<void> {
    const { path: name, alias = name, what, warn } = this.#options
    // While it is made for the first time there is none to look for.
    if (this.#file === undefined || this.#remaking) return
    if (this.#isThere() && (alias === name || leadsTo(alias, name))) return
    this.#remaking = true
    try {
      // Who is connected to the old one stays so.
      if (this.#isThere()) rmSync(name, { force: true })
      this.#server?.close()
      this.#server = undefined
      await this.#open()
      if (!this.#closed) warn(`The ${what} was gone, and has been made again.`)
      this.#told = false
    } catch (error) {
      if (!this.#told) warn(`The ${what} is gone: ${(error as Error).message}`)
      this.#told = true
    }
    this.#remaking = false
  }
}

/**
 * Whether nobody but this user has something at a path: checked before there is anything to lose. A socket that somebody
 * has left behind is removed.
 *
 * @throws AddressInUseError, ListenError
 */
export async function makeFree(name: string, hint: string): Promise<void> {
  checkLength(name)
  const found = lstatSync(name, { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isSymbolicLink()) throw refused(name, 'a symbolic link stands there, and is not followed')
  if (!found.isSocket()) throw refused(name, 'a file of another kind stands there')
  if (isForeign(found)) throw refused(name, 'the socket there belongs to another user')
  if (await isAnswered(name)) throw new AddressInUseError(name, hint)
  rmSync(name, { force: true })
}

/** Whether a file is another user's. The system lets root do as it likes. */
function isForeign({ uid }: Stats): boolean {
  const own = userInfo().uid
  return own !== 0 && uid !== own
}

/** A folder beside the socket's place that only this user may enter. @throws ListenError */
function makeCradle(name: string): string {
  const folder = path.dirname(name)
  const found = lstatSync(folder, { throwIfNoEntry: false })
  // Whoever may replace files there could put a socket of their own in this one's place.
  if (found?.isDirectory() && (found.mode & 0o1002) === 0o002) {
    throw refused(name, 'anybody may change what is in its folder')
  }
  try {
    return mkdtempSync(path.join(folder, '.m-'))
  } catch (error) {
    throw asListenError(name, error)
  }
}

/** Puts a socket in its place, where nothing may stand. */
function place(born: string, name: string, hint: string): void {
  try {
    // Unlike a rename, this replaces nothing: of two that come at once, one comes second.
    linkSync(born, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new AddressInUseError(name, hint, error)
    // A file system without hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error
    renameSync(born, name)
  }
}

function leadsTo(alias: string, name: string): boolean {
  try {
    return readlinkSync(alias) === path.basename(name)
  } catch {
    return false
  }
}

function checkLength(name: string): void {
  if (Buffer.byteLength(name) <= MAX_PRIVATE_PATH) return
  throw refused(name, `its path, or the one of a folder beside it, has more than ${MAX_PRIVATE_PATH} bytes`)
}

function refused(name: string, problem: string): ListenError {
  return new ListenError(name, Object.assign(new Error(problem), { code: 'EINVAL' }), HINT)
}

function asListenError(name: string, error: unknown): Error {
  if (error instanceof AddressInUseError || error instanceof ListenError) return error
  return new ListenError(name, error as NodeJS.ErrnoException, HINT)
}

const HINT = 'Choose a path in a folder that exists and that only this user may write to.'
