/** `mara stop FILE`: has the angel of a program stop it, and itself. */
import { askAngel } from '../../angel/ask.js'
import { findProgram } from '../../program/find.js'
import { defineCommand } from '../command.js'

export const stop = defineCommand({
  name: 'stop',
  summary: 'Stop a program that runs under an angel.',
  usage: 'FILE',
  details: [
    'The program says goodbye to its clients, and its handlers get time to finish. The command ends when the program has ended.',
  ],
  options: {},
  async run({ operands: [file = ''], io }) {
    findProgram(file)
    await askAngel(file, 'stop')
    io.stdout.write('The program has stopped.\n')
    return 0
  },
})
