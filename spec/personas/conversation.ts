/** What every client does in the den: log in after a slip, be known, talk, move its window, leave. */
import type { Service } from 'mara-ts'
import { type Manners, type Persona, personas } from 'mara-ts/testing'
import * as assert from 'uvu/assert'
import { type Guest, SECRET } from './den.js'
import { type MakeWire, visit } from './wire.js'

export const OFFERS = ['when-needed', 'at-connect', 'never'] as const

export const ESC = '\x1b'

/** What the den should learn of each client's terminal. */
const TERMINALS = new Map<Manners, string>([
  [personas.inetutils, describe('XTERM-256COLOR', undefined, '256')],
  [personas.inetutilsByKey, describe('XTERM-256COLOR', undefined, '256')],
  [personas.putty, describe('XTERM', undefined, '16')],
  [personas.puttyBinary, describe('XTERM', undefined, '16')],
  [personas.tintin, describe('xterm-256color', 'TINTIN++', 'true')],
  [personas.mudlet, describe('ANSI-TRUECOLOR', 'Mudlet', 'true')],
  [
    personas.netcat,
    'telnet false, type undefined, client undefined, undefined by undefined, colours none, utf-8',
  ],
])

function describe(type: string, client: string | undefined, colours: string): string {
  return `telnet true, type ${type}, client ${client}, 80 by 24, colours ${colours}, utf-8`
}

/** The whole visit of a client that speaks telnet. */
export async function converse(
  service: Service<Guest>,
  manners: Manners,
  makeWire?: MakeWire,
): Promise<void> {
  const persona = await visit(service, manners, makeWire)
  await persona.sees('Name: ')
  persona.type('')
  await persona.sees('Please type something.\r\nName: ')
  persona.type('ada')
  assert.match(await persona.sees('Password: '), 'ada', 'what is typed is shown, but for secrets')
  persona.type('wrong fish')
  // The client shows no Enter either, so the next line begins where the service begins one.
  assert.is(await persona.sees('Password: '), '\r\nWrong.\r\nPassword: ')
  persona.type(SECRET)
  const welcome = await persona.sees('Welcome, ada.')
  assert.ok(welcome.startsWith('\r\n'), JSON.stringify(welcome))
  await persona.sees('\r\n')
  await isKnown(persona)
  assert.ok(persona.editsLines)
  persona.resize(132, 43)
  await persona.sees('Your window is 132 by 43.\r\n')
  persona.type('hello')
  await persona.sees('hello\r\n')
  const said = await persona.sees(': hello')
  assert.ok(said.startsWith(ESC), JSON.stringify(said))
  persona.type('/quit')
  await persona.sees('Goodbye.\r\n')
  await persona.isLeft()
  assert.not.match(persona.screen, /fish/)
}

/** Logs in without a slip. */
export async function login(persona: Persona, name: string): Promise<void> {
  persona.type(name)
  await persona.sees('Password: ')
  persona.type(SECRET)
  await persona.sees(`Welcome, ${name}.`)
  await persona.sees('\r\n')
}

/** Asks what is known of its terminal until that is all there is to know: telnet takes a few rounds. */
export async function isKnown(persona: Persona): Promise<void> {
  let seen = ''
  for (let tries = 0; tries < 50; tries++) {
    persona.type('/terminal')
    await persona.sees('/terminal\r\n')
    seen = (await persona.sees('utf-8\r\n')).trimEnd()
    if (seen === TERMINALS.get(persona.manners)) return
  }
  assert.is(seen, TERMINALS.get(persona.manners))
}
