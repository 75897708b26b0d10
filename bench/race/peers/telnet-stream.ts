/** telnet-stream around a socket of `node:net`, and lines split in its data callback. */
import { TelnetSocket } from 'telnet-stream'
import { serve } from './support/announce.js'
import { converse } from './support/callbacks.js'

serve((socket) => {
  const telnet = new TelnetSocket(socket)
  const client = converse({ write: (text) => telnet.write(text), end: () => socket.end() })
  const decoder = new TextDecoder()
  telnet.on('data', (chunk: string | Buffer) =>
    client.push(decoder.decode(chunk as Buffer, { stream: true })),
  )
  socket.on('close', () => client.gone())
})
