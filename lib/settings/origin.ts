/**
 * Where a setting's value came from: kept with every value, so that a listing can show it and an error can name it.
 */
import { plain } from './show.js'

export interface Origin {
  readonly kind: 'default' | 'program' | 'module' | 'file' | 'environment' | 'command line'
  /** Which one: a file's path, a variable, a flag, the number of the program's source; empty for a default. */
  readonly where: string
}

const nouns: Record<Origin['kind'], string> = {
  default: 'default',
  program: 'the program',
  module: 'a module',
  file: 'file',
  environment: 'variable',
  'command line': 'the command line',
}

/** `default`, `the program, source 1`, `a module, source 2`, `file a.yaml`, `variable MARA_PORT`, `flag --port`. */
export function describeOrigin({ kind, where }: Origin): string {
  if (where === '') return nouns[kind]
  if (kind === 'program' || kind === 'module') return `${nouns[kind]}, ${where}`
  return `${kind === 'command line' ? 'flag' : nouns[kind]} ${plain(where)}`
}
