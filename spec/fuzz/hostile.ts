/** One hostile client: it does what it was drawn to do, and counts what that made the service send. */
import { once } from 'node:events'
import net from 'node:net'
import { plainWire } from '../personas/wire.js'
import type { Action } from './grammar.js'

/** The beat of the honest client: by it others wait, as there is no clock to wait by. */
export interface Pulse {
  /** Resolves when the honest client has been answered so many times more. */
  beats(count: number): Promise<void>
}

/** What a client was sent. */
export interface Damage {
  /** Negotiations and subnegotiations: answers of the service, which it must not give without end. */
  readonly replies: number
  readonly bytes: number
  /** How long it was there, in seconds. */
  readonly seconds: number
}

export async function attack(port: number, actions: readonly Action[], pulse: Pulse): Promise<Damage> {
  let replies = 0
  const count = (): void => {
    replies += 1
  }
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  plainWire(socket, {
    text: () => {},
    negotiation: count,
    subnegotiation: count,
    command: () => {},
    ended: () => {},
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const started = performance.now()
  await Promise.race([once(socket, 'connect'), closed])
  for (const action of actions) {
    if (socket.destroyed) break
    await perform(socket, action, pulse, closed)
  }
  // What is still on its way is part of the damage.
  if (!socket.destroyed) await Promise.race([pulse.beats(3), closed])
  socket.destroy()
  return { replies, bytes: socket.bytesRead, seconds: (performance.now() - started) / 1000 }
}

async function perform(
  socket: net.Socket,
  action: Action,
  pulse: Pulse,
  closed: Promise<void>,
): Promise<void> {
  switch (action.kind) {
    case 'send':
      if (!socket.writable || socket.write(action.bytes)) return
      // A client that does not read may find that it is not read either; then it goes on all the same.
      await Promise.race([once(socket, 'drain').catch(() => {}), pulse.beats(10), closed])
      return
    case 'pause':
      socket.pause()
      return
    case 'resume':
      socket.resume()
      return
    case 'wait':
      await Promise.race([pulse.beats(2), closed])
      return
    case 'end':
      socket.end()
      return
    case 'reset':
      socket.resetAndDestroy()
      await closed
  }
}
