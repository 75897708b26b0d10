/**
 * Finds WebSockets whose peers are gone without a word, by asking (ping), and those that have sent nothing for too long.
 * One alarm serves all of them.
 */
import type { WebSocket } from 'ws'
import { type Clock, forgiven } from '../clock.js'

/** The code of RFC 6455 for a close that is no error. */
const NORMAL = 1000

export interface HeartbeatLimits {
  /** Milliseconds of silence after which a peer is asked, and then those that it has for an answer. */
  readonly ping: number
  /** Milliseconds without a message after which it is closed. */
  readonly idle: number
  readonly clock: Clock
}

interface Pulse {
  /** When a message came last, and when anything did. */
  lastMessage: number
  lastHeard: number
  /** When it was asked; undefined once something came. */
  asked: number | undefined
}

export class Heartbeat {
  readonly #limits: HeartbeatLimits
  readonly #pulses = new Map<WebSocket, Pulse>()
  #running = false
  /** When it is to look next. */
  #lookAt = 0

  constructor(limits: HeartbeatLimits) {
    this.#limits = limits
  }

  /** How many are watched. */
  get size(): number {
    return this.#pulses.size
  }

  /** Watches a WebSocket until it is closed. */
  watch(webSocket: WebSocket): void {
    const { clock } = this.#limits
    const now = clock.now()
    const pulse: Pulse = { lastMessage: now, lastHeard: now, asked: undefined }
    const heard = (): void => {
      pulse.lastHeard = clock.now()
      pulse.asked = undefined
    }
    this.#pulses.set(webSocket, pulse)
    webSocket.on('message', () => {
      heard()
      pulse.lastMessage = pulse.lastHeard
    })
    webSocket.on('ping', heard)
    webSocket.on('pong', heard)
    webSocket.on('close', () => this.#pulses.delete(webSocket))
    if (!this.#running) this.#wait()
  }

  #wait(): void {
    const { ping, idle, clock } = this.#limits
    this.#running = this.#pulses.size > 0
    if (!this.#running) return
    // It looks more often than it must, so that nobody is more than half a limit late.
    const gap = Math.min(ping, idle) / 2
    this.#lookAt = clock.now() + gap
    clock.setTimeout(() => this.#look(), gap, { keepAlive: false })
  }

  #look(): void {
    const now = this.#limits.clock.now()
    const lost = Math.max(0, now - this.#lookAt)
    for (const [webSocket, pulse] of this.#pulses) {
      pulse.lastMessage = forgiven(pulse.lastMessage, now, lost)
      pulse.lastHeard = forgiven(pulse.lastHeard, now, lost)
      if (pulse.asked !== undefined) pulse.asked = forgiven(pulse.asked, now, lost)
      this.#check(webSocket, pulse)
    }
    this.#wait()
  }

  #check(webSocket: WebSocket, pulse: Pulse): void {
    const { ping, idle, clock } = this.#limits
    if (webSocket.readyState !== webSocket.OPEN) return
    const now = clock.now()
    if (webSocket.isPaused) {
      // Its answers are not read at the moment: silence says nothing, and it has messages that wait.
      pulse.lastMessage = now
      pulse.lastHeard = now
      pulse.asked = undefined
    } else if (now - pulse.lastMessage >= idle) {
      webSocket.close(NORMAL, 'Nothing was sent for too long.')
    } else if (pulse.asked !== undefined) {
      if (now - pulse.asked >= ping) webSocket.terminate()
    } else if (now - pulse.lastHeard >= ping) {
      pulse.asked = now
      webSocket.ping(undefined, undefined, () => {})
    }
  }
}
