/** A Redis server for one spec: on 127.0.0.1, on a free port, keeping nothing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { find, install } from '../../support/debian.js'
import { temporaryDirectory } from './temporary.js'

export interface RedisServer {
  readonly port: number
  start(): Promise<void>
  stop(): Promise<void>
  /** It answers nothing until `thaw`. */
  freeze(): void
  thaw(): void
}

/** @returns why there can be none, else undefined. Installs it where that is possible. */
export function ensureRedis(): string | undefined {
  if (find(REDIS) !== undefined) return undefined
  const problem = install(REDIS)
  if (problem !== undefined) return `no ${REDIS} on this machine, and ${problem}`
  return find(REDIS) === undefined ? `no ${REDIS} on this machine, though apt-get installed it` : undefined
}

const REDIS = 'redis-server'

export async function redisServer(): Promise<RedisServer> {
  const directory = temporaryDirectory()
  let child: ChildProcess | undefined
  process.once('exit', () => child?.kill('SIGKILL'))

  const launch = async (port: number) => {
    const args = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      directory,
    ]
    const started = spawn(REDIS, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let log = ''
    for await (const chunk of started.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      log += chunk
      if (!log.includes('Ready to accept connections')) continue
      started.stdout.resume()
      child = started
      return
    }
    throw new Error(`redis-server did not start: ${log}`)
  }
  const stop = async () => {
    if (!child) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    child = undefined
  }

  // Another process may take the port between looking and listening.
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    try {
      await launch(port)
      const signal = (name: NodeJS.Signals) => () => void child?.kill(name)
      return { port, start: () => launch(port), stop, freeze: signal('SIGSTOP'), thaw: signal('SIGCONT') }
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
