// Measures whether specs notice a change: `npm run mutants -- lib/text [--sample 30] [--seed 1] [--with PATH ...]`.
//
// Works on a copy of the checkout. Each mutant meets the spec that mirrors its file, or all of the mirrored folder where it
// has none; then the specs given by `--with`; then the type checker. One that all of them let pass has survived.

import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { updateMirror } from '../runner/mirror.js'
import { killAllOnExit, runFile } from '../runner/run-file.js'
import { Random } from '../support/random.js'
import { applied, findMutants, type Mutant } from './mutate.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    with: { type: 'string', multiple: true, default: [] },
  },
})
const [sample, seed] = [Number(values.sample), Number(values.seed)]
if (positionals.length === 0 || !(sample > 0) || !Number.isSafeInteger(seed)) {
  console.error(
    'usage: npm run mutants -- ROOM_OR_FILE ... [--sample N] [--seed N] [--with PART_OF_A_SPEC_PATH ...]',
  )
  process.exit(2)
}

const copy = mkdtempSync(join(tmpdir(), 'mutants-'))
process.once('exit', () => rmSync(copy, { recursive: true, force: true, maxRetries: 3 }))
killAllOnExit()
for (const name of [
  'lib',
  'spec',
  'examples',
  'bench',
  'package.json',
  'tsconfig.json',
  'README.md',
  'docs',
]) {
  cpSync(name, join(copy, name), { recursive: true })
}
symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'))
process.chdir(copy)
// A mutant that grows without end must not take the machine with it.
process.env.NODE_OPTIONS = '--max-old-space-size=512'

const filesBelow = (folder: string, end: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(end))
const files = positionals.flatMap((path) => (path.endsWith('.ts') ? [path] : filesBelow(path, '.ts')))
const specs = filesBelow('spec', '.spec.ts')
const given = values.with.flatMap((part) => specs.filter((spec) => spec.includes(part)))

const mutants = findMutants(copy, files)
const chosen = shuffled(mutants).slice(0, sample)
console.log(`${mutants.length} mutants in ${files.length} files; ${chosen.length} chosen by seed ${seed}`)

/** How long each spec takes with nothing changed, in seconds. */
const usual = new Map<string, number>()
const survivors: Mutant[] = []
for (const mutant of chosen) {
  for (const spec of specsFor(mutant.file)) if (!usual.has(spec)) usual.set(spec, await unchanged(spec))
  const caught = await whoCatches(mutant)
  if (caught === undefined) survivors.push(mutant)
  console.log(`${caught === undefined ? 'SURVIVED' : 'caught  '}  ${inWords(mutant)}  ${caught ?? ''}`)
}
console.log(`\n${survivors.map(inWords).join('\n')}\n`)
console.log(`${chosen.length - survivors.length} of ${chosen.length} caught`)

function specsFor(file: string): Set<string> {
  const mirrored = file.replace(/^lib/, 'spec').replace(/\.ts$/, '.spec.ts')
  const own = existsSync(mirrored) ? [mirrored] : specs.filter((spec) => dirname(spec) === dirname(mirrored))
  return new Set([...own, ...given])
}

async function unchanged(spec: string): Promise<number> {
  updateMirror()
  const { problems, output, seconds } = await runFile(spec, 120)
  if (problems.length > 0) throw new Error(`${spec} is red with nothing changed: ${problems}\n${output}`)
  return seconds
}

async function whoCatches(mutant: Mutant): Promise<string | undefined> {
  const source = readFileSync(mutant.file, 'utf8')
  writeFileSync(mutant.file, applied(mutant, source))
  try {
    updateMirror()
    for (const spec of specsFor(mutant.file)) {
      // Whoever takes so much longer hangs.
      const limit = Math.ceil(5 + 4 * (usual.get(spec) as number))
      if ((await runFile(spec, limit)).problems.length > 0) return spec
    }
    const types = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'])
    return types.status === 0 ? undefined : 'types'
  } finally {
    writeFileSync(mutant.file, source)
    updateMirror()
  }
}

function shuffled(list: readonly Mutant[]): Mutant[] {
  const random = new Random(seed)
  const rest = [...list]
  return list.map(() => rest.splice(random.below(rest.length), 1)[0] as Mutant)
}

function inWords({ file, line, before, after }: Mutant): string {
  const short = (text: string): string =>
    (text.length > 50 ? `${text.slice(0, 47)}...` : text).replace(/\s+/g, ' ')
  return `${file}:${line}  ${short(before)}  ->  ${short(after)}`
}
