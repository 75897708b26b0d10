// time limit: 300 s
// `connect` against the telnet servers that Debian has, each with a shell script in place of login.

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, LoginError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl } from '../support/certificates.js'
import { unpack } from '../support/debian.js'
import { rejection } from '../support/service.js'

const SCRIPT = `#!/bin/sh
printf 'vax login: '
read -r name
stty -echo
printf 'Password: '
read -r word
stty echo
echo
if [ "$word" != secret ]; then echo 'Login incorrect'; read -r name; exit; fi
stty size
echo "terminal $TERM"
while printf '%s$ ' "$name" && read -r line; do
  case $line in exit) exit;; *) echo "you said $line";; esac
done
`

const directory = mkdtempSync(join(tmpdir(), 'mara-telnetd-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
const script = join(directory, 'login')
writeFileSync(script, SCRIPT)
chmodSync(script, 0o755)

const CERTIFICATE = join(directory, 'telnetd.crt')
const KEY = join(directory, 'telnetd.key')

interface Telnetd {
  readonly debianPackage: string
  readonly program: string
  /** What makes it run the script for whoever connects. */
  readonly args: () => string[]
  /** The terminal that the script gets; one that does not ask for it gives what it was started with. */
  readonly terminal: string
}

const TELNETDS: readonly Telnetd[] = [
  {
    debianPackage: 'inetutils-telnetd',
    program: 'usr/sbin/telnetd',
    args: () => ['-h', '-E', script],
    terminal: 'vt220',
  },
  {
    debianPackage: 'busybox-static',
    program: 'bin/busybox',
    args: () => ['telnetd', '-i', '-l', script],
    terminal: 'dumb',
  },
  {
    debianPackage: 'telnetd-ssl',
    program: 'usr/sbin/in.telnetd',
    // It will not start without a certificate, though no TLS is spoken here.
    args: () => ['-h', '-L', script, '-z', `cert=${CERTIFICATE}`, '-z', `key=${KEY}`],
    terminal: 'vt220',
  },
]

/** RSA: telnetd-ssl knows no other. */
function makeCertificate(): void {
  const files = ['-keyout', KEY, '-out', CERTIFICATE, '-subj', '/CN=telnetd', '-nodes']
  const { status, stderr } = spawnSync(
    openssl ?? 'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', ...files],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`)
}

/** Serves as inetd would: the socket is the program's input and output. */
async function serving(path: string, args: string[], body: (port: number) => Promise<void>): Promise<void> {
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(path, args, {
      stdio: [socket, socket, 'ignore'],
      env: { ...process.env, TERM: 'dumb' },
    })
    // The child has a handle of its own to it.
    child.once('spawn', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await body((server.address() as net.AddressInfo).port)
  } finally {
    server.close()
  }
}

for (const { debianPackage, program, args, terminal } of TELNETDS) {
  const found = unpack(debianPackage, program)
  if ('reason' in found) {
    console.log(`skipped: ${debianPackage}: ${found.reason}`)
    continue
  }
  if (debianPackage === 'telnetd-ssl') makeCertificate()

  test(`${debianPackage}: a script logs in, works and leaves`, () =>
    serving(found.path, args(), async (port) => {
      await using peer = await connect({ port, terminal: { type: 'vt220', columns: 100, rows: 40 } })
      await peer.login({ user: 'ann', password: 'secret', prompt: /^(?=40 100)/m })
      assert.is(await peer.nextLine(), '40 100')
      assert.is(await peer.nextLine(), `terminal ${terminal}`)
      await peer.expect('ann$ ')
      for (const word of ['hello', 'grüße']) {
        peer.write(word)
        const { before } = await peer.expect('ann$ ')
        assert.match(before, `you said ${word}`)
      }
      peer.write('exit')
      await peer.closed
    }))

  test(`${debianPackage}: a wrong password is refused, and is not in the error`, () =>
    serving(found.path, args(), async (port) => {
      await using peer = await connect({ port })
      const error = (await rejection(peer.login({ user: 'ann', password: 'hunter2' }))) as LoginError
      assert.instance(error, LoginError)
      assert.match(error.message, 'Login incorrect')
      assert.not.match(error.message, 'hunter2')
    }))
}

test.run()
