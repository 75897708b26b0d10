/** `mara stop FILE`: has the angel of a program stop it, and itself. */
import { askAngel } from '../../angel/index.js'
import { findProgram } from '../../program/load.js'
import { defineCommand } from '../command.js'

export const stop = defineCommand({
  name: 'stop',
  summary: 'Stop a program that runs under an angel.',
  usage: 'FILE',
  details: [
    'Clients are told goodbye as the program does it, and handlers get their time. Ends when that is over.',
  ],
  options: {},
  async run({ operands: [file = ''], io }) {
    findProgram(file)
    await askAngel(file, 'stop')
    io.stdout.write('It has stopped.\n')
    return 0
  },
})
