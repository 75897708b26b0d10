/**
 * A protocol of its own: netstrings (`5:hello,`), each of which says how many bytes it has. Try it: `npx tsx
 * examples/netstrings.ts`, then `printf '5:hello,' | nc -q1 127.0.0.1 9000`.
 */
import {
  events,
  type Protocol,
  type ProtocolConnection,
  type ProtocolHost,
  type ProtocolSettings,
  Service,
  sanitize,
  tcp,
} from 'mara-ts'

const netstrings: Protocol = {
  name: 'netstrings',
  raw: false,
  open: (host, settings) => new NetstringConnection(host, settings),
}

class NetstringConnection implements ProtocolConnection {
  readonly protocol = netstrings
  readonly encoding = 'utf-8'
  readonly telnet = undefined
  readonly #host: ProtocolHost
  readonly #settings: ProtocolSettings
  /** What has come of the next netstring. */
  #rest = Buffer.alloc(0)

  constructor(host: ProtocolHost, settings: ProtocolSettings) {
    this.#host = host
    this.#settings = settings
  }

  receive(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    while (this.#rest.length > 0) {
      const head = /^(\d{1,9})(:|$)/.exec(this.#rest.toString('latin1', 0, 10))
      const length = Number(head?.[1])
      if (head === null || length > this.#settings.limits.maxLineLength) {
        this.#refuse()
        return
      }
      const start = head[0].length
      const end = start + length
      if (head[2] === '' || this.#rest.length <= end) return
      if (this.#rest.toString('latin1', end, end + 1) !== ',') {
        this.#refuse()
        return
      }
      const text = this.#rest.toString('utf8', start, end)
      // Others may see it on a terminal.
      this.#host.deliver(this.#settings.sanitize ? sanitize(text) : text, length)
      this.#rest = this.#rest.subarray(end + 1)
    }
  }

  format(line: string): string {
    return `${Buffer.byteLength(line)}:${line},`
  }

  get atRest(): boolean {
    return this.#rest.length === 0
  }

  save(): string {
    return this.#rest.toString('latin1')
  }

  restore(state: unknown): void {
    this.#rest = Buffer.from(String(state), 'latin1')
  }

  start(): void {}
  needTerminal(): void {}

  #refuse(): void {
    this.#rest = Buffer.alloc(0)
    this.#host.reply(this.format('This is no netstring.'))
    this.#host.close()
  }
}

const service = new Service()

service.listen(events.Receive, ({ client, data }) => client.write(`You say ${data}`))

await service.run({ servers: [tcp({ port: 9000, protocol: netstrings })] })
