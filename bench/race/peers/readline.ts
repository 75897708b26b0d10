/** `node:readline`: what Node itself offers for awaiting lines. */
import { createInterface } from 'node:readline'
import { serve } from './support/announce.js'
import { converse } from './support/awaiting.js'

serve((socket) => {
  void converse(socket, createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }))
})
