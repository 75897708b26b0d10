/**
 * The servers that are compared, each in a process of its own: `node --import tsx bench/core/servers.ts NAME`.
 *
 * All but the first answer each line with the same line. It prints its port, then one line of JSON with the bytes of
 * memory in use for every line that it gets on standard input.
 */
import net from 'node:net'
import { createInterface } from 'node:readline'
import { events, Service } from 'mara-ts'

/** Plain node:net: every chunk goes back as it came. No lines. */
function bytes(): net.Server {
  return net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => socket.write(chunk))
  })
}

/** Plain node:net with the quickest splitter that callbacks allow: one write a chunk. */
function callback(): net.Server {
  return net.createServer({ noDelay: true }, (socket) => {
    let rest = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      let answer = ''
      for (const line of lines) answer += `${line}\n`
      if (answer !== '') socket.write(answer, 'latin1')
    })
  })
}

/** What Node itself offers for `for await` over lines. */
function readline(): net.Server {
  return net.createServer({ noDelay: true }, async (socket) => {
    socket.on('error', () => {})
    try {
      for await (const line of createInterface({ input: socket })) socket.write(`${line}\n`)
    } catch {
      // The peer has gone.
    }
  })
}

const PLAIN: Record<string, (() => net.Server) | undefined> = { bytes, callback, readline }

async function start(name: string): Promise<number> {
  const plain = PLAIN[name]
  if (plain !== undefined) {
    const server = plain()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 511, resolve))
    return (server.address() as net.AddressInfo).port
  }
  const service = new Service()
  if (name === 'await') {
    // A conversation of its own for each client, that never goes back to Receive.
    service.listen(events.Connect, async ({ client }) => {
      for await (const line of client) client.write(line)
    })
  } else {
    service.listen(events.Receive, async ({ client, data }) => {
      client.write(data)
    })
  }
  await service.start({ port: 0, log: false })
  return service.address?.port as number
}

const port = await start(process.argv[2] ?? 'mara')
process.stdout.write(`${port}\n`)
process.stdin.on('data', () => {
  for (let i = 0; i < 4; i++) globalThis.gc?.()
  process.stdout.write(`${JSON.stringify(process.memoryUsage().rss)}\n`)
})
process.stdin.on('end', () => process.exit())
