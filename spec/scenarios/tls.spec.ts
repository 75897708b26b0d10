/** The chat example behind TLS, as a process of its own with flags alone, while its certificate is renewed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import nodeTls from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { certificate, folder, openssl, type Pair, read } from '../support/certificates.js'
import { Peer } from '../support/peer.js'
import { type Program, withProgram } from '../support/program.js'

const spec = suite('scenarios/tls')

const home = folder()
const old = certificate(home, 'old')
const fresh = certificate(home, 'fresh')
/** Links to what is in force, as certbot keeps them. */
const live = { cert: join(home, 'live.crt'), key: join(home, 'live.key') }

function renew(to: Pair): void {
  for (const name of ['cert', 'key'] as const) {
    symlinkSync(to[name], `${live[name]}.new`)
    renameSync(`${live[name]}.new`, live[name])
  }
}

async function withChat(body: (port: number, program: Program) => Promise<void>): Promise<void> {
  renew(old)
  const flags = ['--port=0', `--tlsCert=${live.cert}`, `--tlsKey=${live.key}`, '--no-telnet']
  await withProgram(['examples/chat.ts', ...flags], async (program) => {
    const [, port] = await program.find(/Listening on 127\.0\.0\.1:(\d+) \(TLS\)/, 'stderr')
    await body(Number(port), program)
  })
}

async function enter(port: number, name: string, trusted: Pair): Promise<Peer> {
  const peer = new Peer(nodeTls.connect({ port, host: '127.0.0.1', ca: read(trusted).cert }))
  await peer.until('name: ')
  peer.send(`${name}\r\n`)
  assert.is(await peer.line(), `Welcome, ${name}`)
  return peer
}

spec('guests stay while the certificate is renewed, and those who come later get the new one', () =>
  withChat(async (port, program) => {
    const ann = await enter(port, 'ann', old)
    renew(fresh)
    let bob: Peer | undefined
    for (let tries = 0; bob === undefined; tries++) {
      bob = await enter(port, `bob${tries}`, fresh).catch(() => undefined)
    }
    assert.match(await ann.line(), /^bob\d+ has connected$/)
    ann.send('still here\r\n')
    assert.is(await bob.line(), 'ann: still here')
    assert.not.match(program.stderr, /warn/i)
    ann.destroy()
    bob.destroy()
  }),
)

spec('openssl s_client is a guest like any other', () =>
  withChat(async (port) => {
    const ann = await enter(port, 'ann', old)
    const args = [
      's_client',
      '-quiet',
      '-verify_return_error',
      '-CAfile',
      old.cert,
      '-connect',
      `127.0.0.1:${port}`,
    ]
    const client = spawn(openssl as string, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    let out = ''
    client.stdout.setEncoding('utf8').on('data', (text) => {
      out += text
    })
    client.stdin.write('bob\nhello\n/quit\n')
    await once(client, 'close')
    assert.is(await ann.line(), 'bob has connected')
    assert.is(await ann.line(), 'bob: hello')
    assert.is(await ann.line(), 'bob has left')
    assert.match(out, /Welcome, bob\r\nbob: hello\r\nGoodbye\.\r\n$/)
    ann.destroy()
  }),
)

spec('a file that is not there ends the start with its name and what to do', async () => {
  copyFileSync(old.key, join(home, 'lonely.key'))
  const flags = ['--port=0', '--tlsCert=/no/such/cert.pem', `--tlsKey=${join(home, 'lonely.key')}`]
  await withProgram(['examples/chat.ts', ...flags], async (program) => {
    const { code } = await program.exit
    assert.is.not(code, 0)
    assert.match(
      program.stderr,
      /Can't read the TLS certificate \/no\/such\/cert\.pem: ENOENT.*--tlsCert=FILE/,
    )
  })
})

spec.run()
