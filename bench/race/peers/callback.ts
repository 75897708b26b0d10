/** `node:net` with lines split in its data callback: the quickest that a program can do by itself in a few lines. */
import { serve } from './support/announce.js'
import { converse } from './support/callbacks.js'

serve((socket) => {
  const client = converse(socket)
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => client.push(text))
  socket.on('close', () => client.gone())
})
