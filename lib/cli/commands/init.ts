/**
 * `mara init DIR`: a project of the user's own that runs and passes its tests at once.
 */
import path from 'node:path'
import { nearest } from '../../settings/suggest.js'
import { defineCommand } from '../command.js'
import { InitError, UsageError } from '../errors.js'
import { askForTemplate } from '../init/ask.js'
import { dependencySpec, isFromRegistry, packageRoot, packedSpec, packInto } from '../init/dependency.js'
import { checkFolder, fillFolder, writeFiles } from '../init/folder.js'
import { runNpm } from '../init/npm.js'
import { packageName, projectFiles } from '../init/project.js'
import type { Io } from '../io.js'
import { manifest } from '../manifest.js'
import { defaultTemplate, type Template, templates } from '../templates/index.js'

export const init = defineCommand({
  name: 'init',
  summary: 'Make a new project: a working service with its tests.',
  usage: 'DIR',
  details: [
    `Templates: ${templates.map(({ name, summary }) => `${name} (${summary})`).join('; ')}.`,
    'DIR must be new or empty. npm install then fetches the packages that the project needs, and writes the lock file for npm ci. If a step fails, DIR is left as it was.',
  ],
  options: {
    template: {
      type: 'string',
      short: 't',
      value: 'NAME',
      description: 'The template. Without it, you are asked if there is a terminal.',
    },
    yes: {
      type: 'boolean',
      short: 'y',
      description: `Do not ask for a template: use ${defaultTemplate.name}.`,
    },
    'no-install': { type: 'boolean', description: 'Do not run npm install.' },
    mara: {
      type: 'string',
      value: 'SPEC',
      description: `Where the project gets ${manifest.name} from: a version range, or the path of a folder or tarball. By default ^${manifest.version} if this command came from a registry; otherwise a copy of it, packed into the project.`,
    },
  },
  async run({ operands: [dir = ''], options, io }) {
    const folder = path.resolve(dir)
    const given = options.template === undefined ? undefined : findTemplate(options.template)
    await checkFolder(folder, dir)
    const template = given ?? (await chooseTemplate(options.yes, io))

    const mara = await dependency(options.mara)
    const files = await projectFiles(template, { name: packageName(folder), mara })
    try {
      await fillFolder(folder, async (signal) => {
        await writeFiles(folder, files)
        if (mara === packedSpec) {
          io.stderr.write(packedNote)
          await packInto(folder, { signal })
        }
        if (options['no-install']) return
        io.stderr.write('Installing packages: npm install\n')
        await runNpm(['install', '--no-audit', '--no-fund'], { cwd: folder, signal })
      })
    } catch (error) {
      if (error instanceof InitError) throw new InitError(undone(error, dir), { cause: error })
      throw error
    }
    io.stdout.write(`Made ${dir} from the template ${template.name}:\n`)
    for (const file of [...files.keys()].sort()) io.stdout.write(`  ${file}\n`)
    io.stdout.write(nextSteps(dir, template, options['no-install']))
    return 0
  },
})

const packedNote =
  `This copy of ${manifest.name} did not come from a registry, as far as npm knows. ` +
  `The project gets a copy of it: ${packedSpec}\n`

/** What package.json says of this package. */
async function dependency(asked: string | undefined): Promise<string> {
  if (asked !== undefined) return dependencySpec(asked, process.cwd())
  return (await isFromRegistry(packageRoot)) ? `^${manifest.version}` : packedSpec
}

function undone({ message }: InitError, dir: string): string {
  const hint = message.startsWith('npm install')
    ? ' See the output of npm above. To make the files now and install later: mara init --no-install'
    : ''
  return `${message}${hint}\n${dir} is as it was before.`
}

function findTemplate(name: string): Template {
  const found = templates.find((template) => template.name === name)
  if (found !== undefined) return found
  const names = templates.map((template) => template.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `The templates are: ${names.join(', ')}.` : `Did you mean ${near}?`
  throw new UsageError(`mara init: unknown template ${JSON.stringify(name)}. ${hint}`, 'init')
}

async function chooseTemplate(yes: boolean, io: Io): Promise<Template> {
  if (yes || !io.stdin.isTTY || !io.stdout.isTTY) return defaultTemplate
  return askForTemplate(io)
}

function nextSteps(dir: string, { tryIt }: Template, installs: boolean): string {
  const steps = [
    ...(path.resolve(dir) === process.cwd()
      ? []
      : [[`cd ${/\s/.test(dir) ? JSON.stringify(dir) : dir}`, '']]),
    ...(installs ? [['npm install', 'installs packages']] : []),
    ['npm start', 'runs it; Ctrl-C stops it'],
    [tryIt, 'talks to it, from another terminal'],
    ['npm test', 'checks its types and runs its tests'],
  ]
  const width = Math.max(...steps.map(([command = '']) => command.length))
  const lines = steps.map(([command = '', what]) => `  ${command.padEnd(width)}  ${what}`.trimEnd())
  return ['', 'Next:', ...lines, ''].join('\n')
}
