/**
 * From the words after `mara` to an exit code.
 */
import { closestMatch } from 'leven'
import { describeFailure, exitCodeOf } from '../program/failure.js'
import type { Command } from './command.js'
import { UsageError } from './errors.js'
import { commandHelp, generalHelp } from './help.js'
import type { Io } from './io.js'
import { manifest } from './manifest.js'
import { parse } from './parse.js'

/**
 * Runs a command, and tells what goes wrong on stderr.
 *
 * @returns the exit code; undefined where the process is to end by itself.
 */
export async function runCommandLine(
  words: readonly string[],
  commands: readonly Command[],
  io: Io,
): Promise<number | undefined> {
  try {
    return await dispatch(words, commands, io)
  } catch (error) {
    io.stderr.write(describeFailure(error) + helpHint(error))
    return exitCodeOf(error)
  }
}

function helpHint(error: unknown): string {
  if (!(error instanceof UsageError)) return ''
  return `For help: ${error.command === undefined ? 'mara --help' : `mara ${error.command} --help`}\n`
}

async function dispatch(
  [first, ...rest]: readonly string[],
  commands: readonly Command[],
  io: Io,
): Promise<number | undefined> {
  if (first === undefined) {
    io.stderr.write(generalHelp(commands))
    return 2
  }
  if (first === '--help' || first === '-h') return say(generalHelp(commands), io)
  if (first === '--version' || first === '-v') return say(`${manifest.version}\n`, io)
  if (first === 'help') return say(helpOn(rest, commands), io)
  const command = findCommand(first, commands)
  const parsed = parse(command, rest)
  if (!('asks' in parsed)) return command.run({ ...parsed, io })
  return say(parsed.asks === 'help' ? commandHelp(command) : `${manifest.version}\n`, io)
}

/** `mara help` and `mara help COMMAND`. */
function helpOn([name, surplus]: readonly string[], commands: readonly Command[]): string {
  if (surplus !== undefined) throw new UsageError('mara help takes one command.')
  if (name === undefined || name === 'help' || name.startsWith('-')) return generalHelp(commands)
  return commandHelp(findCommand(name, commands))
}

function say(text: string, { stdout }: Io): 0 {
  stdout.write(text)
  return 0
}

/** @throws UsageError that names the nearest command where there is none of this name. */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command !== undefined) return command
  if (name.startsWith('-')) throw new UsageError(`mara: unknown option ${name} before a command.`)
  if (/\.[cm]?[jt]s$/.test(name)) {
    throw new UsageError(`mara: ${name} is not a command. To run a program: mara run ${name}`)
  }
  const names = commands.map((candidate) => candidate.name)
  // Two letters swapped count for two, and most names are short.
  const near = closestMatch(name, names, { maxDistance: Math.min(2, name.length - 1) })
  const hint = near === undefined ? '' : ` Did you mean mara ${near}?`
  throw new UsageError(`mara: unknown command ${JSON.stringify(name)}.${hint}`)
}
