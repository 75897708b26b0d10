/** `mara rooms FILE`: whether the rooms of a world fit together, and its map. */
import { writeFile } from 'node:fs/promises'
import { findProgram } from '../../program/find.js'
import { escapeJson } from '../../text/escape.js'
import { defineCommand } from '../command.js'
import { RoomsError } from '../errors.js'

export const rooms = defineCommand({
  name: 'rooms',
  summary: 'Check the rooms of a world, and draw its map.',
  usage: 'FILE',
  details: [
    'FILE is a YAML file of rooms, or a program that makes a World of mara-ts/contrib/rooms. A program runs until its service would start, so that the rooms it defines and all its files are there.',
    'Errors keep the service from starting: exits to rooms that are not there, directions that do not exist, two rooms of one key. With errors the exit code is 1. Warnings are what may be meant: exits that lead one way, ways back in an odd direction, rooms that nobody can reach or leave.',
    'The map is as wide as the terminal. Exits that do not fit in it, such as those that lead up or down, are listed below it.',
  ],
  options: {
    svg: { type: 'string', value: 'OUT.svg', description: 'Write the map as a picture as well.' },
    json: { type: 'boolean', description: 'Print all that was found as JSON, without the map.' },
    start: {
      type: 'string',
      value: 'KEY',
      description: 'The room where people begin, in a file of rooms. Without it: the first room.',
    },
  },
  async run({ operands: [file = ''], options, io }) {
    findProgram(file)
    // Loaded only here, so that all other commands start without the rooms and what they are made of.
    const [{ readWorlds }, { asData, printed, reportOn }, { drawSvg }] = await Promise.all([
      import('../rooms/read.js'),
      import('../rooms/report.js'),
      import('../rooms/svg.js'),
    ])
    const worlds = await readWorlds(file, options.start)
    const reports = worlds.map((world) => ({ world, report: reportOn(world) }))
    if (options.json) {
      const data = reports.map(({ world, report }) => asData(world, report))
      io.stdout.write(`${escapeJson(JSON.stringify({ worlds: data }, null, 2))}\n`)
    } else {
      io.stdout.write(reports.map(({ report }) => printed(report, io.stdout.columns ?? 80)).join('\n'))
    }
    if (options.svg !== undefined) {
      await save(options.svg, drawSvg(reports.map(({ report }) => report.map)))
      io.stderr.write(`The picture is in ${options.svg}.\n`)
    }
    return reports.every(({ report }) => report.problems.length === 0) ? 0 : 1
  },
})

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    throw new RoomsError(`The picture can't be written: ${(error as Error).message}`, { cause: error })
  }
}
