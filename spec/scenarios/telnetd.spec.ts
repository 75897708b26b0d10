// `connect` against a telnet server that others wrote: the one of GNU inetutils, with a shell script in place of login.

import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, LoginError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { find, install } from '../support/debian.js'
import { rejection } from '../support/service.js'

const PATHS = ['telnetd', '/usr/sbin/telnetd']
const reason = find(...PATHS) ? undefined : install('inetutils-telnetd')
const telnetd = find(...PATHS)

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

if (telnetd === undefined) {
  console.log(`skipped: no telnetd on this machine: ${reason ?? 'inetutils-telnetd brings none'}`)
  test.skip('a script logs in, works and leaves', () => {})
} else {
  const directory = mkdtempSync(join(tmpdir(), 'mara-telnetd-'))
  const script = join(directory, 'login')
  writeFileSync(script, SCRIPT)
  chmodSync(script, 0o755)
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

  /** As inetd would start it: the socket is its input and output. */
  const withTelnetd = async (body: (port: number) => Promise<void>): Promise<void> => {
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      const child = spawn(telnetd, ['-h', '-E', script], { stdio: [socket, socket, 'ignore'] })
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

  test('a script logs in, works and leaves', async () => {
    await withTelnetd(async (port) => {
      const peer = await connect({ port, terminal: { type: 'vt220', columns: 100, rows: 40 } })
      await peer.login({ user: 'ann', password: 'secret', prompt: /^(?=40 100)/m })
      assert.is(await peer.nextLine(), '40 100')
      assert.is(await peer.nextLine(), 'terminal vt220')
      await peer.expect('ann$ ')
      for (const word of ['hello', 'grüße']) {
        peer.write(word)
        const { before } = await peer.expect('ann$ ')
        assert.match(before, `you said ${word}`)
      }
      peer.write('exit')
      await peer.closed
    })
  })

  test('a wrong password is refused, and is not in the error', async () => {
    await withTelnetd(async (port) => {
      const peer = await connect({ port })
      const error = (await rejection(peer.login({ user: 'ann', password: 'hunter2' }))) as LoginError
      assert.instance(error, LoginError)
      assert.match(error.message, 'Login incorrect')
      assert.not.match(error.message, 'hunter2')
      await peer.close()
    })
  })
}

test.run()
