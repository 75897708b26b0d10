// time limit: 600 s
// People in the middle of a login, over every kind of connection, and a process that is restarted or killed at each prompt.
import type { Duplex } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { everyPointOf, type Theatre } from '../../lib/testing/restart-points.js'
import { folder } from '../cli/support.js'
import { play } from '../scenarios/login.js'
import { certificate, openssl } from '../support/certificates.js'
import { dials, fixture, type Guarded, guarded } from './support.js'

const test = suite('conversations under an angel')

const kinds = ['tcp', 'websocket', ...(openssl === undefined ? [] : (['tls'] as const))] as const
if (openssl === undefined) console.log('skipped: openssl is missing, so TLS is not tried')

/** One service for all performances: who has left is forgotten. */
class Stand implements Theatre {
  readonly #service: Guarded
  readonly #ports: readonly number[]
  /** The kind of the next connection. */
  #turn: number
  readonly #sockets: Duplex[] = []

  constructor(service: Guarded, ports: readonly number[], first: number) {
    this.#service = service
    this.#ports = ports
    this.#turn = first
  }

  accept(duplex: Duplex): void {
    const turn = this.#turn++ % kinds.length
    void dials[kinds[turn] as (typeof kinds)[number]](this.#ports[turn] as number).then((socket) => {
      this.#sockets.push(socket)
      socket.on('error', () => {})
      duplex.on('error', () => {})
      socket.pipe(duplex).pipe(socket)
    })
  }

  async start(): Promise<void> {}

  async restart(): Promise<void> {
    await this.#service.restart()
  }

  async crash(): Promise<void> {
    const worker = await this.#service.worker()
    process.kill(worker, 'SIGKILL')
    await this.#service.worker(worker)
  }

  async settle(): Promise<void> {}

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await this.#service.connections(0)
  }
}

for (const crash of [false, true]) {
  for (const [i, kind] of kinds.entries()) {
    test(`everybody sees the same where the process is ${crash ? 'killed' : 'restarted'} at each prompt of somebody who came by ${kind}`, async () => {
      const { cert, key } = openssl === undefined ? { cert: '', key: '' } : certificate(folder(), 'tower')
      await guarded(
        fixture('tower'),
        async (service) => {
          const ports = (await service.status()).addresses.map(({ port }) => port as number)
          const points = await everyPointOf(
            // Ann is the third to come.
            () => new Stand(service, ports, i + 2 * kinds.length - 2),
            // Who speaks no telnet sends nothing at a moment of its own.
            (connect) => play((name) => connect(name, { telnet: false, patience: 30_000 })),
            { crash, of: 'ann' },
          )
          assert.is(points, 14)
        },
        [],
        { CERT: cert, KEY: key },
      )
    })
  }
}

test.run()
