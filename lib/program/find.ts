/** Where the file of a program is, and which one was meant where it is not there. */
import { existsSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { messageOf } from '../errors.js'
import { nearest } from '../settings/suggest.js'
import { ProgramError } from './errors.js'
import { absolutePath } from './working-directory.js'

/** What a program's file ends in. */
export const EXTENSIONS = ['.ts', '.js', '.mts', '.mjs']

/**
 * The absolute path of a program.
 *
 * @throws ProgramError where there is no such file.
 */
export function findProgram(file: string): string {
  const program = absolutePath(file)
  const found = lookAt(program, file)
  if (found === undefined) throw new ProgramError(`There is no file ${file}.${similar(program, file)}`)
  if (found.isDirectory()) throw new ProgramError(`${file} is a folder. Name the program's file in it.`)
  return program
}

function lookAt(program: string, file: string): Stats | undefined {
  try {
    const found = statSync(program, { throwIfNoEntry: false })
    if (found !== undefined || lstatSync(program, { throwIfNoEntry: false }) === undefined) return found
  } catch (error) {
    throw new ProgramError(`${file} can't be read: ${messageOf(error)}.`, { cause: error })
  }
  throw new ProgramError(`${file} is a link to a file that is not there.`)
}

/** The file that was meant, perhaps: with its extension, or spelt otherwise. */
function similar(program: string, file: string): string {
  const extension = EXTENSIONS.find((ending) => existsSync(program + ending))
  if (extension !== undefined) return ` Did you mean ${file}${extension}?`
  const folder = path.dirname(program)
  if (!existsSync(folder)) return ''
  const programs = readdirSync(folder).filter((name) => EXTENSIONS.includes(path.extname(name)))
  const near = nearest(path.basename(program), programs)
  return near === undefined ? '' : ` Did you mean ${path.join(path.dirname(file), near)}?`
}
