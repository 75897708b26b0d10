/** A console without a person: one command, or commands that another program writes. */
import type { Interface } from 'node:readline'
import { createInterface } from 'node:readline'
import type { Io } from '../io.js'
import { openConsoleSocket } from './find.js'
import { ConsoleLine, strangerError } from './line.js'

/**
 * Has the console do one command, and prints what it answers.
 *
 * @returns 1 where the command failed, or the console went away before it was done.
 */
export function runOne(target: string, command: string, io: Io): Promise<number> {
  return converse(target, io, (write) => write(command), true)
}

/**
 * Sends the lines of standard input, and prints what is answered until all of it has been. A line that a command asks
 * for is read from there as well.
 *
 * @returns 1 where a command failed, or the console went away before all was done.
 */
export function runLines(target: string, io: Io): Promise<number> {
  let input: Interface | undefined
  return converse(target, io, (write, end) => {
    input = createInterface({ input: io.stdin, terminal: false })
    input.on('line', write)
    input.on('close', end)
  }).finally(() => input?.close())
}

async function converse(
  target: string,
  io: Io,
  begin: (write: (text: string) => void, end: () => void) => void,
  once = false,
): Promise<number> {
  const socket = await openConsoleSocket(target)
  return new Promise((resolve, reject) => {
    let failed = false
    /** All was done. Without that, the connection has broken off. */
    let over = false
    /** Nothing is under way, as far as is known. */
    let idle = true
    let ready = false
    const line: ConsoleLine = new ConsoleLine(
      socket,
      () => (once && io.stdout.isTTY ? io.stdout.columns || 80 : undefined),
      {
        text: (text) => void io.stdout.write(text),
        mark(mark) {
          if (mark.is === 'ready') {
            ready = true
            begin(
              (text) => {
                idle = false
                line.write(text)
              },
              () => line.end(),
            )
          }
          if (mark.is === 'done') {
            failed ||= !mark.ok
            idle = true
            if (once) {
              over = true
              line.destroy()
            }
          }
          if (mark.is === 'bye') over = mark.because === 'quit' || idle
        },
        ended() {
          if (ready) resolve(failed || !over ? 1 : 0)
          else reject(strangerError(target))
        },
      },
    )
  })
}
