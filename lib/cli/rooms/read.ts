/** Where `mara rooms` gets a world from: a file of rooms, or a program with the rooms that it defines and loads. */
import path from 'node:path'
import { makeRooms } from '../../contrib/rooms/making.js'
import type { WorldPlan } from '../../contrib/rooms/plan.js'
import { BaseRoom } from '../../contrib/rooms/room.js'
import { collectWorlds } from '../../contrib/rooms/worlds.js'
import { inspecting } from '../../inspection.js'
import { loadProgram } from '../../program/load.js'
import { Stores } from '../../storage/index.js'
import { RoomsError } from '../errors.js'

export interface WorldSource {
  readonly plan: WorldPlan
  /** What was not looked at, in sentences. */
  readonly notes: readonly string[]
}

/** @returns one for each world; a program may have several. */
export async function readWorlds(file: string, start: string | undefined): Promise<WorldSource[]> {
  if (/\.ya?ml$/i.test(file)) return [await readFile(file, start)]
  if (start !== undefined)
    throw new RoomsError('--start is for files of rooms. A program says itself where people begin.')
  return readProgram(file)
}

/** Without the program nobody knows its other stores, the fields of its rooms, and where people begin. */
async function readFile(file: string, start: string | undefined): Promise<WorldSource> {
  const stores = new Stores()
  await stores.open('memory')
  const sources = { defined: new Map(), files: [file] }
  const made = await makeRooms(stores, BaseRoom, sources, { alone: true })
  await stores.close()
  if (made.rooms.length === 0 && made.problems.length === 0)
    throw new RoomsError(`${file} has no rooms. The document of a room begins with "store: room".`)
  const notes: string[] = []
  const { others, ownFields, rooms } = made
  if (others.size > 0) {
    const list = [...others].map(([name, count]) => `${count} of ${name}`).join(', ')
    notes.push(`Documents of other stores were not checked: ${list}.`)
  }
  if (ownFields.size > 0) {
    const list = [...ownFields].map(([field, keys]) => `${field} (${keys.length} of ${rooms.length} rooms)`)
    notes.push(`Fields that the program's class of rooms must have: ${list.join(', ')}.`)
  }
  const isKnown = (target: string | undefined) =>
    target === undefined || rooms.some(({ key }) => key === target)
  if (rooms.some(({ exits }) => exits.some(({ target }) => !isKnown(target))))
    notes.push('If other rooms are made elsewhere, check the program: mara rooms PROGRAM.')
  const first = start?.toLowerCase() ?? rooms[0]?.key
  return { plan: { ...made, start: first, guards: [] }, notes }
}

/** The program runs until its service would start, or to its end. */
async function readProgram(file: string): Promise<WorldSource[]> {
  const worlds = collectWorlds()
  const wouldStart = new Promise<void>((resolve) => {
    inspecting(() => {
      resolve()
      return new Promise<never>(() => {})
    })
  })
  await Promise.race([wouldStart, loadProgram(path.resolve(file), [])])
  if (worlds.length === 0) throw new RoomsError(`${file} makes no World, so there are no rooms to check.`)
  const sources: WorldSource[] = []
  for (const world of worlds) sources.push({ plan: await world.plan(), notes: [] })
  return sources
}
