/** `mara restart FILE`: has the angel of a program put a new process in the place of the one that serves. */
import { askAngel } from '../../angel/index.js'
import { findProgram } from '../../program/load.js'
import { defineCommand } from '../command.js'

export const restart = defineCommand({
  name: 'restart',
  summary: 'Restart a program that runs under an angel; its clients stay connected.',
  usage: 'FILE',
  details: [
    'The command ends when the new process serves. If the new process fails to start, the old one goes on, and the command prints the reason.',
  ],
  options: {},
  async run({ operands: [file = ''], io }) {
    findProgram(file)
    const { worker, pause, took } = await askAngel(file, 'restart')
    io.stdout.write(
      `Process ${worker} serves now. Clients waited ${pause} ms; the restart took ${took} ms.\n`,
    )
    return 0
  },
})
