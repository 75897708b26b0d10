/** A telnet option of a program's own: GMCP, by which MUD clients and services exchange data beside the text. */
import { connect, events, Service } from 'mara-ts'
import { DO, defaultOptions, negotiation, subnegotiation, type TelnetOption } from 'mara-ts/telnet'

const GMCP = 201

const gmcp: TelnetOption = {
  code: GMCP,
  name: 'GMCP',
  // The service performs it: it agrees when a client asks, and offers it to each that speaks telnet.
  us: 'offer',
  subnegotiation(payload, context) {
    context.emit({ type: 'custom', option: GMCP, name: 'gmcp', data: Buffer.from(payload).toString() })
  },
}

const service = new Service({ telnetOptions: [...defaultOptions, gmcp] })
service.listen(events.Telnet, ({ client, telnet }) => {
  if (telnet.type === 'negotiated' && telnet.option === GMCP && telnet.enabled) {
    client.telnet?.subnegotiate(GMCP, Buffer.from('Char.Vitals {"hp":20}'))
  }
  // What a client sends may be anything.
  if (telnet.type === 'custom') client.write(`Your client says: ${JSON.stringify(telnet.data)}`)
})
await service.start({ port: 0, log: false })

// A client that speaks GMCP, as bytes.
const peer = await connect({ port: service.address?.port ?? 0, raw: true })
peer.write(negotiation(DO, GMCP), subnegotiation(GMCP, Buffer.from('Core.Hello {"client":"mine"}')))
let seen = ''
for await (const bytes of peer) {
  seen += Buffer.from(bytes).toString('latin1')
  if (seen.includes('\r\n')) break
}
console.log(/Char\.Vitals \{.*?\}/.exec(seen)?.[0])
console.log(/Your client says.*/.exec(seen)?.[0])
await peer.close()
await service.stop()
