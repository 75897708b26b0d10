/**
 * Where commands read and write, so that specs can stand in for a terminal.
 */

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Of a terminal. */
  readonly columns?: number | undefined
}

export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** What was asked for. */
  readonly stdout: Output
  /** Progress, warnings and errors. */
  readonly stderr: Output
}

/** Of the process. */
export function systemIo(): Io {
  return { stdin: process.stdin, stdout: guarded(process.stdout), stderr: guarded(process.stderr) }
}

/**
 * A reader that goes away early, such as `head`, is no error of ours. The stream is touched with the first write
 * only: under `mara run` it is the program's.
 */
function guarded(stream: NodeJS.WriteStream): Output {
  let listening = false
  return {
    write(text) {
      if (!listening) stream.on('error', () => {})
      listening = true
      return stream.write(text)
    },
    get isTTY() {
      return stream.isTTY
    },
    get columns() {
      return stream.columns
    },
  }
}
