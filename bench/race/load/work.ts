/** What the clients report to: it counts between the beginning and the end of what is measured. */
import { setTimeout as sleep } from 'node:timers/promises'
import { processorTime } from '../../support/proc.js'
import { receivedBytes, witnessHash } from './expectation.js'
import type { Sample } from './job.js'

/** Milliseconds without any answer after which a server is given up. */
const PATIENCE = 60_000

export class Work {
  #count = 0
  #latencies: number[] = []
  #from = 0
  #server: number | undefined = 0
  #load = process.cpuUsage()
  #bytes = 0
  #onDone: (() => void) | undefined
  /** Ends the process, and with it the race. */
  readonly failed: (error: Error) => void

  constructor(failed: (error: Error) => void) {
    this.failed = failed
  }

  done(count: number, latency: number): void {
    this.#count += count
    this.#latencies.push(latency)
    this.#onDone?.()
  }

  /** Resolves after `ms` milliseconds; where nothing was done in them, as soon as something is. */
  async goOn(ms: number): Promise<void> {
    const before = this.#latencies.length
    await sleep(ms)
    if (this.#latencies.length > before) return
    const impatience = setTimeout(() => this.failed(new Error('Nothing is answered.')), PATIENCE)
    await new Promise<void>((resolve) => {
      this.#onDone = resolve
    })
    this.#onDone = undefined
    clearTimeout(impatience)
  }

  /** From here on it counts. */
  begin(server: readonly number[]): void {
    this.#count = 0
    this.#latencies = []
    this.#bytes = receivedBytes()
    this.#load = process.cpuUsage()
    this.#server = processorTime(server)
    this.#from = performance.now()
  }

  end(server: readonly number[]): Sample {
    const seconds = (performance.now() - this.#from) / 1_000
    const serverNow = processorTime(server)
    const { user, system } = process.cpuUsage(this.#load)
    const sorted = this.#latencies.sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] as number
    return {
      count: this.#count,
      seconds,
      serverTime:
        serverNow === undefined || this.#server === undefined ? undefined : serverNow - this.#server,
      loadTime: user + system,
      latency: sorted.length === 0 ? undefined : { median: at(0.5), p99: at(0.99) },
      bytes: receivedBytes() - this.#bytes,
      hash: witnessHash(),
    }
  }
}
