/** A script with `connect`, as people write it, against the talker: a process, over a socket. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, LoginError } from 'mara-ts'
import { connectAs, personas } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { withProgram } from '../support/program.js'
import { rejection } from '../support/service.js'

const SECRET = 'correct horse'

test('a script makes an account, logs in, is refused with a wrong password, and talks with a person', async () => {
  const storePath = mkdtempSync(join(tmpdir(), 'mara-script-'))
  const args = ['examples/talker.ts', '--port=0', '--host=127.0.0.1', `--storePath=${storePath}`]
  await withProgram(args, async (program) => {
    const [, digits] = await program.find(/127\.0\.0\.1 (\d+)\n/)
    const port = Number(digits)
    {
      await using peer = await connect({ port })
      await peer.expect('Name: ')
      peer.write('ann')
      await peer.expect('(yes/no) ')
      peer.write('yes')
      for (const question of ['Choose a password', 'Repeat the password: ']) {
        await peer.expect(question)
        peer.writeSecret(SECRET)
      }
      await peer.expect('Account created.')
      peer.write('quit')
      await peer.expect('Goodbye.')
      await peer.closed
    }
    await using thief = await connect({ port })
    const refusal = (await rejection(thief.login({ user: 'ann', password: 'hunter2' }))) as LoginError
    assert.instance(refusal, LoginError)
    assert.match(refusal.message, 'Wrong password.')
    assert.not.match(refusal.message, 'hunter2')

    await using ann = await connect({ port })
    await ann.login({ user: 'ann', password: SECRET, prompt: 'Welcome, ann!' })

    const bob = await connectAs(personas.putty, { port }, { name: 'bob', patience: 60_000 })
    const answers = ['Name: ', 'bob', '(yes/no) ', 'yes', 'Choose a password', SECRET, 'Repeat the', SECRET]
    for (let i = 0; i < answers.length; i += 2) {
      await bob.sees(answers[i] as string)
      bob.type(answers[i + 1] as string)
    }
    await bob.sees('Welcome, bob!', 'Here: ann.')
    assert.not.match(bob.screen, SECRET)
    await ann.expect('bob has connected\n')
    bob.type('say hello')
    assert.is((await ann.expect(/^(\w+) says: (\w+)\n/m)).groups.join(), 'bob,hello')
    bob.destroy()
  })
  rmSync(storePath, { recursive: true, force: true })
})

test.run()
