/**
 * The files of a new project: the template's own, and those that every project has.
 */
import path from 'node:path'
import { manifest } from '../manifest.js'
import { type Template, templateFiles } from '../templates/index.js'

interface ProjectOptions {
  /** Of the package: see `packageName`. */
  readonly name: string
  /** What package.json says of this package: see dependency.ts. */
  readonly mara: string
}

/** Texts by their path from the project's folder, with `/` between. */
export async function projectFiles(
  template: Template,
  { name, mara }: ProjectOptions,
): Promise<Map<string, string>> {
  const files = await templateFiles(template)
  files.set('package.json', json(packageJson(template, name, mara)))
  files.set('tsconfig.json', json(tsconfig))
  files.set('.gitignore', 'node_modules/\ndata/\n')
  files.set('README.md', (files.get('README.md') ?? '').replaceAll('{{name}}', name))
  return files
}

// What this package is itself built and tested with is what a new project starts with.
const { tsx = '', typescript = '', '@types/node': nodeTypes = '' } = manifest.devDependencies

function packageJson({ summary, packages = [] }: Template, name: string, mara: string): object {
  const own = Object.fromEntries(packages.map((name) => [name, manifest.dependencies[name]]))
  return {
    name,
    version: '0.1.0',
    private: true,
    description: summary,
    type: 'module',
    engines: manifest.engines,
    scripts: {
      start: 'mara run src/main.ts',
      // No quotes: the shell or Node must see the pattern for what it is.
      test: 'tsc && node --import tsx --test --test-reporter=spec spec/*.spec.ts',
    },
    dependencies: { [manifest.name]: mara, tsx, ...own },
    devDependencies: { '@types/node': nodeTypes, typescript },
  }
}

const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src', 'spec'],
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** A valid package name made of the folder's; no package may have the name of one that it depends on. */
export function packageName(folder: string): string {
  const name = path
    .basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 200)
  if (name === '') return 'my-service'
  return [manifest.name, 'tsx', 'typescript', 'node_modules'].includes(name) ? `my-${name}` : name
}
