/** Plain `node:net`: every chunk goes back as it came. It knows no lines, so it is what the others can come near to. */
import { GREETING } from '../wire.js'
import { serve, wire } from './support/announce.js'

serve((socket) => {
  if (wire === 'greet') socket.write(`${GREETING}\r\n`)
  socket.on('data', (chunk) => socket.write(chunk))
})
