/** `mara restart FILE`: has the angel of a program put a new process in the place of the one that serves. */
import { askAngel } from '../../angel/ask.js'
import { findProgram } from '../../program/find.js'
import { defineCommand } from '../command.js'
import type { Io } from '../io.js'

export const restart = defineCommand({
  name: 'restart',
  summary: 'Restart a program that runs under an angel; its clients stay connected.',
  usage: 'FILE',
  details: [
    'The command ends when the new process serves. If the new process fails to start, the old one goes on, and the command prints the reason.',
    'Where clients are in the middle of a conversation, the new version is tried out first, with copies of all conversations. If there is one that it could not go on with, such as one whose questions come in another order now, the restart is refused and the conversation is named.',
  ],
  options: {
    'dry-run': {
      type: 'boolean',
      description: 'Only try out what the new version would do with the conversations.',
    },
    force: {
      type: 'boolean',
      description: 'Restart also where conversations can not go on: they begin again.',
    },
  },
  async run({ operands: [file = ''], options, io }) {
    findProgram(file)
    if (options['dry-run']) return dryRun(file, io)
    const { worker, pause, took } = await askAngel(file, 'restart', { force: options.force })
    io.stdout.write(
      `Process ${worker} serves now. Clients waited ${pause} ms; the restart took ${took} ms.\n`,
    )
    return 0
  },
})

/** @returns 1 where a restart would be refused. */
async function dryRun(file: string, io: Io): Promise<number> {
  const { divergences } = await askAngel(file, 'preflight')
  for (const line of divergences) io.stdout.write(`${line}\n`)
  if (divergences.length === 0) io.stdout.write('The new version can go on with all conversations.\n')
  return divergences.length === 0 ? 0 : 1
}
