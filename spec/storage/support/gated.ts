/** A memory back end whose operations can be held up, so that a spec decides what overlaps. */
import { type Backend, memoryBackend } from '../../../lib/storage/index.js'

export interface GatedBackend extends Backend {
  /** What is asked for and not let through yet, such as `write user/ann`, in order. */
  readonly waiting: readonly string[]
  /** Lets the first one through; with an error, lets it fail. */
  next(error?: Error): Promise<void>
  /** From here on every operation waits. */
  closeGate(): void
  /** All go through at once again, as they do at first. */
  openGate(): void
}

export function gatedBackend(): GatedBackend {
  const inner = memoryBackend()
  let gates: { name: string; open: (error?: Error) => void }[] = []
  let isOpen = true
  const pass = (name: string) =>
    new Promise<void>((resolve, reject) => {
      if (isOpen) resolve()
      else gates.push({ name, open: (error) => (error ? reject(error) : resolve()) })
    })
  // All that can follow from letting one through happens in microtasks, which are over by the next turn.
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    ...inner,
    async read(kind, key) {
      await pass(`read ${kind}/${key}`)
      return inner.read(kind, key)
    },
    async write(kind, key, text) {
      await pass(`write ${kind}/${key}`)
      return inner.write(kind, key, text)
    },
    async remove(kind, key) {
      await pass(`remove ${kind}/${key}`)
      return inner.remove(kind, key)
    },
    get waiting() {
      return gates.map(({ name }) => name)
    },
    async next(error) {
      await turn()
      const gate = gates.shift()
      if (!gate) throw new Error('nothing is waiting')
      gate.open(error)
      await turn()
    },
    closeGate() {
      isOpen = false
    },
    openGate() {
      isOpen = true
      for (const { open } of gates) open()
      gates = []
    },
  }
}
