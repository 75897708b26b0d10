/**
 * Clients that connect and say nothing: `node --import tsx bench/core/idle.ts PORT CLIENTS`. Prints a line when all
 * are there, and goes away at the end of standard input.
 */
import net from 'node:net'

const [port, clients] = process.argv.slice(2).map(Number) as [number, number]
for (let i = 0; i < clients; i++) {
  await new Promise<void>((resolve, reject) => {
    // Several loopback addresses: one has too few ports for the largest counts, and limits are by address.
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${1 + (i % 8)}` }, resolve)
    socket.once('error', reject)
  })
}
process.stdout.write('connected\n')
process.stdin.on('data', () => {}).on('end', () => process.exit())
