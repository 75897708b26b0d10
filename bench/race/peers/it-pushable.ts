/** it-pushable: a splitter in a callback that pushes lines into a queue, and a function that awaits them. */
import { pushable } from 'it-pushable'
import { serve } from './support/announce.js'
import { converse } from './support/awaiting.js'

serve((socket) => {
  const lines = pushable<string>({ objectMode: true })
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const ended = (rest + text).split('\n')
    rest = ended.pop() as string
    for (const line of ended) lines.push(line.endsWith('\r') ? line.slice(0, -1) : line)
  })
  socket.on('close', () => lines.end())
  void converse(socket, lines)
})
