/**
 * What a program prints may not get anywhere: the disk is full, the terminal is gone, whoever read the pipe has ended. Node
 * ends the process for that, at the second `console.log`. A service has better things to do, and everybody's clients.
 */

type Tell = (stream: string, error: Error) => void

/** One for each service that runs; the first of them is told, since all of them share the streams. */
const tells = new Set<Tell>()

const guarded = new WeakSet<NodeJS.WritableStream>()

/**
 * From now on, and for as long as the process lives, it goes on where its output is lost.
 *
 * @param tell is given the first error of each stream.
 * @returns a function after which it is told of none.
 */
export function surviveLostOutput(tell: Tell): () => void {
  for (const name of ['stdout', 'stderr'] as const) guard(name)
  tells.add(tell)
  return () => void tells.delete(tell)
}

function guard(name: 'stdout' | 'stderr'): void {
  const stream = process[name]
  if (guarded.has(stream)) return
  guarded.add(stream)
  let told = false
  stream.on('error', (error: Error) => {
    const [first] = tells
    if (told || first === undefined) return
    told = true
    first(name, error)
  })
}
