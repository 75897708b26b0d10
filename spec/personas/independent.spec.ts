/** The same conversations with a telnet that others wrote: `TelnetSocket` of telnet-stream reads and writes them. */
import type { Socket } from 'node:net'
import { type Persona, personas } from 'mara-ts/testing'
import { TelnetSocket } from 'telnet-stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { running } from '../support/service.js'
import { converse, ESC, isKnown, login, OFFERS } from './conversation.js'
import { den } from './den.js'
import { DO, DONT, type MakeWire, visit, WILL, WONT } from './wire.js'

const independent = suite('personas by telnet-stream')

/** It hands on the text of a chunk after all its telnet; so it shows a little late what it should hide, never early. */
const theirWire: MakeWire = (socket, owner) => {
  const telnet = new TelnetSocket(socket as Socket)
  telnet.on('data', (data) => owner.text(data as Buffer))
  telnet.on('command', (code) => owner.command(code))
  telnet.on('do', (option) => owner.negotiation(DO, option))
  telnet.on('dont', (option) => owner.negotiation(DONT, option))
  telnet.on('will', (option) => owner.negotiation(WILL, option))
  telnet.on('wont', (option) => owner.negotiation(WONT, option))
  // A copy: the next one overwrites it.
  telnet.on('sub', (option, payload) => owner.subnegotiation(option, Buffer.from(payload)))
  telnet.on('error', () => {})
  telnet.on('close', () => owner.ended())
  return {
    text: (bytes) => void telnet.write(Buffer.from(bytes as string)),
    negotiate(verb, option) {
      if (verb === WILL) telnet.writeWill(option)
      else if (verb === WONT) telnet.writeWont(option)
      else if (verb === DO) telnet.writeDo(option)
      else telnet.writeDont(option)
    },
    subnegotiate: (option, payload) => void telnet.writeSub(option, Buffer.from(payload, 'latin1')),
    command: (code) => void telnet.writeCommand(code),
    end: () => void telnet.end(),
    destroy: () => void telnet.destroy(),
  }
}

for (const manners of [
  personas.inetutils,
  personas.putty,
  personas.puttyBinary,
  personas.tintin,
  personas.mudlet,
]) {
  for (const telnetOffers of OFFERS) {
    independent(`as ${manners.name}, offers ${telnetOffers}`, () =>
      running(den(), (service) => converse(service, manners, theirWire), { telnetOffers }),
    )
  }
}

independent('several of them at once, each seeing what the others say', () =>
  running(den(), async (service) => {
    const guests: Persona[] = []
    for (const manners of [personas.inetutils, personas.tintin, personas.mudlet]) {
      const guest = await visit(service, manners, theirWire)
      await login(guest, manners.name)
      await isKnown(guest)
      for (const other of guests) await other.sees(`${manners.name} is here.`)
      guests.push(guest)
    }
    for (const guest of guests) {
      const line = `Grüße von ${guest.manners.name}`
      guest.type(line)
      await guest.sees(line)
      for (const other of guests) assert.match(await other.sees(line), ESC)
    }
    for (const guest of guests) guest.destroy()
  }),
)

independent.run()
