/** Where the console of a program is, and whether it is safe to type into it. */
import { lstatSync, statSync } from 'node:fs'
import net from 'node:net'
import { userInfo } from 'node:os'
import { findProgram } from '../../program/find.js'
import { namedSocketPath, socketPath } from '../../program/socket-path.js'
import { ConsoleError } from './errors.js'

/**
 * Connects to the console of a program, or to the one on a socket.
 *
 * @param target the program's file, as it was given to `mara run` or `mara angel`, or the path of a socket.
 * @throws ProgramError where there is no such file.
 * @throws ConsoleError where no console can be opened there.
 */
export async function openConsoleSocket(target: string): Promise<net.Socket> {
  const paths = pathsOf(target)
  for (const path of paths) {
    try {
      return await open(path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES' || code === 'EPERM') throw forbidden(path)
      if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw error
    }
  }
  throw new ConsoleError(
    isSocket(target)
      ? `Nobody answers on ${target}: the program that made this socket runs no more. Start it again.`
      : `No console of ${target} answers (on ${paths[0]}). Is the program running, by this user? ` +
          `It opens a console with \`await service.console()\`, or where it is started with --console. ` +
          'If its console has a path of its own, give that: mara console PATH.',
  )
}

function pathsOf(target: string): string[] {
  if (isSocket(target)) return [target]
  const file = findProgram(target)
  return [...new Set([namedSocketPath(file, 'console'), socketPath(file, 'console')])]
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false
}

function open(path: string): Promise<net.Socket> {
  const found = statSync(path)
  const own = userInfo().uid
  // Somebody else's console could have been put there to find out what one types. Root trusts whom it chooses.
  if (own !== 0 && found.uid !== own) throw forbidden(path)
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path, allowHalfOpen: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function forbidden(path: string): ConsoleError {
  const owner = lstatSync(path, { throwIfNoEntry: false })?.uid
  const whose = owner === undefined || owner === userInfo().uid ? '' : `, which belongs to user ${owner}`
  return new ConsoleError(
    `You may not open the console on ${path}${whose}: only the user who runs the program may. ` +
      'Become that user, for example with sudo -u.',
  )
}
