/** Writes the page and its pictures. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Figures } from './figures.js'
import { markdown, type Occasion, type Picture } from './markdown.js'
import { mainPicture, pictureOf } from './pictures.js'

const PICTURES = 'pictures'

/** @returns the files. */
export function writeResults(folder: string, figures: readonly Figures[], occasion: Occasion): string[] {
  const files: string[] = []
  const write = (name: string, text: string): void => {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
    files.push(file)
  }
  const pictures = figures.map((one): Picture => {
    const file = `${PICTURES}/${one.workload.name}.svg`
    write(file, pictureOf(one))
    return { workload: one.workload.name, file }
  })
  const main = mainPicture(figures)
  if (main !== undefined) write(`${PICTURES}/race.svg`, main)
  write('RESULTS.md', markdown(figures, occasion, pictures, 'npm run bench'))
  return files
}
