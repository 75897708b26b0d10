/**
 * `mara init DIR`: a project of the user's own that runs and passes its tests at once.
 */
import path from 'node:path'
import { nearest } from '../../settings/suggest.js'
import { defineCommand } from '../command.js'
import { UsageError } from '../errors.js'
import { askForTemplate } from '../init/ask.js'
import { checkFolder, writeFiles } from '../init/folder.js'
import { install } from '../init/install.js'
import { dependencySpec, packageName, projectFiles } from '../init/project.js'
import type { Io } from '../io.js'
import { manifest } from '../manifest.js'
import { defaultTemplate, type Template, templates } from '../templates/index.js'

export const init = defineCommand({
  name: 'init',
  summary: 'Make a new project: a working service with its tests.',
  usage: 'DIR',
  details: [
    `Templates: ${templates.map(({ name, summary }) => `${name} (${summary})`).join('; ')}.`,
    'DIR is made where there is none; it must be empty. Then npm installs what the project needs, which also writes the lock file that npm ci wants.',
  ],
  options: {
    template: {
      type: 'string',
      short: 't',
      value: 'NAME',
      description: 'The template; on a terminal you are asked.',
    },
    yes: {
      type: 'boolean',
      short: 'y',
      description: `Ask nothing; the template is ${defaultTemplate.name} unless given.`,
    },
    'no-install': { type: 'boolean', description: 'Leave npm install to you.' },
    mara: {
      type: 'string',
      value: 'SPEC',
      description: `What package.json says of ${manifest.name}: a version range, or a folder or tarball to install from. ^${manifest.version} unless given.`,
    },
  },
  async run({ operands: [dir = ''], options, io }) {
    const folder = path.resolve(dir)
    const given = options.template === undefined ? undefined : findTemplate(options.template)
    await checkFolder(folder, dir)
    const template = given ?? (await chooseTemplate(options.yes, io))

    const mara = dependencySpec(options.mara ?? `^${manifest.version}`, process.cwd())
    const files = await projectFiles(template, { name: packageName(folder), mara })
    await writeFiles(folder, files)
    io.stdout.write(`Made ${dir} from the template ${template.name}:\n`)
    for (const file of [...files.keys()].sort()) io.stdout.write(`  ${file}\n`)

    if (!options['no-install']) await install(folder, dir, io.stderr)
    io.stdout.write(nextSteps(dir, template, options['no-install']))
    return 0
  },
})

function findTemplate(name: string): Template {
  const found = templates.find((template) => template.name === name)
  if (found !== undefined) return found
  const names = templates.map((template) => template.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${near}?`
  throw new UsageError(`mara init: there is no template ${JSON.stringify(name)}. ${hint}`, 'init')
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
    ...(installs ? [['npm install', 'installs what it needs']] : []),
    ['npm start', 'runs it; Ctrl-C stops it'],
    [tryIt, 'talks to it, from another terminal'],
    ['npm test', 'checks its types and runs its tests'],
  ]
  const width = Math.max(...steps.map(([command = '']) => command.length))
  const lines = steps.map(([command = '', what]) => `  ${command.padEnd(width)}  ${what}`.trimEnd())
  return ['', 'Next:', ...lines, ''].join('\n')
}
