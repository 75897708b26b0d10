/** What the specs of the load generator share: plans, and services of plain sockets that do as they are told. */
import net from 'node:net'
import type { Plan } from '../../lib/bench/plan.js'
import type { BenchReport } from '../../lib/bench/report.js'
import { runBench } from '../../lib/bench/run.js'

/** @param more what is not as in a small closed loop. */
export function planFor(port: number, more: Partial<Plan> = {}): Plan {
  return {
    target: { host: '127.0.0.1', port },
    targetText: `127.0.0.1:${port}`,
    clients: 4,
    ramp: 1_000_000,
    duration: 1_000,
    rate: undefined,
    timeout: 60_000,
    connectTimeout: 60_000,
    processes: 1,
    seed: 1,
    script: undefined,
    line: 'ping',
    expect: undefined,
    interval: undefined,
    ...more,
  }
}

export function measure(plan: Plan, signal?: AbortSignal): Promise<BenchReport> {
  return runBench(plan, { signal, versions: { mara: '0', node: '0' } })
}

export interface LineServer {
  readonly port: number
  /** Ends all connections, and takes no more. */
  die(): void
}

/** A service of plain sockets for the time of `body`; `answer` gets each line that came. */
export async function serving<T>(
  init: {
    readonly answer?: (line: string, socket: net.Socket) => void
    readonly connected?: (socket: net.Socket) => void
  },
  body: (server: LineServer) => Promise<T>,
): Promise<T> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let rest = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n')
      rest = lines.pop() as string
      for (const line of lines) init.answer?.(line, socket)
    })
    init.connected?.(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const die = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  try {
    return await body({ port: (server.address() as net.AddressInfo).port, die })
  } finally {
    die()
  }
}

export function kinds({ errors }: BenchReport): string[] {
  return errors.kinds.map(({ kind }) => kind)
}

export function findings({ findings }: BenchReport): string[] {
  return findings.map(({ kind }) => kind)
}
