import { Duplex } from 'node:stream'

/** Where a wire comes in. */
export const ORIGIN = { listener: 'one', remoteAddress: undefined, protocol: undefined, secure: false }

/** A socket whose peer is this spec: it says what it wants, and takes what it is sent when it is let. */
export class Wire extends Duplex {
  sent = ''
  blocked = false
  #held: (() => void)[] = []

  constructor() {
    super({ highWaterMark: 10, allowHalfOpen: true })
  }

  say(bytes: string | Buffer): void {
    this.push(bytes)
  }

  unblock(): void {
    this.blocked = false
    this.takeHeld()
  }

  /** Takes what it has been sent so far. */
  takeHeld(): void {
    for (const callback of this.#held.splice(0)) callback()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.sent += chunk
    if (this.blocked) this.#held.push(callback)
    else callback()
  }
}
