/**
 * `npm run bench -- NAME [options]`: a folder a claim. Everything that is compared is measured in alternation in one
 * run, since machines are shared and noisy: quote the ratios.
 */
import { readdirSync } from 'node:fs'

const folder = new URL('.', import.meta.url)
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'support')
  .map((entry) => entry.name)
  .sort()

const [name] = process.argv.splice(2, 1)
if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME [options]\nNAME is one of: ${names.join(', ')}`)
  process.exit(2)
}
// Programs under test import the built package, as users do, and not the sources.
process.env.TSX_TSCONFIG_PATH = new URL('tsconfig.json', folder).pathname
await import(`./${name}/main.js`)
