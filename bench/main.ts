/**
 * `npm run bench` is the race; `npm run bench -- NAME [options]` runs another folder, each of which is about one claim.
 * `npm run bench -- --compare=REV` compares this tree with an earlier revision, by the race and by the microbenchmarks.
 *
 * Everything that is compared is measured in alternation in one run, since machines are shared and noisy: quote the ratios.
 */
import { readdirSync } from 'node:fs'

const folder = new URL('.', import.meta.url)
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['support', 'pictures'].includes(entry.name))
  .map((entry) => entry.name)
  .sort()

const isNamed = process.argv[2] !== undefined && !process.argv[2].startsWith('-')
const [name = 'race'] = isNamed ? process.argv.splice(2, 1) : []
if (!names.includes(name)) {
  console.error(`Usage: npm run bench -- [NAME] [options]\nNAME is one of: ${names.join(', ')}`)
  process.exit(2)
}
// Programs under test import the built package, as users do, and not the sources.
process.env.TSX_TSCONFIG_PATH = new URL('tsconfig.json', folder).pathname
await import(`./${name}/main.js`)
