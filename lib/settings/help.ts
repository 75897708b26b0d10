/**
 * The text of `--help`, made from the schema alone, so that it can neither lack a setting nor tell another default.
 */
import { wrapText } from '../text/wrap.js'
import type { Field } from './schema.js'
import { plain, show } from './show.js'
import { isSwitch, takesBoolean } from './types.js'

interface HelpOptions {
  /** The command as its user types it, such as `node chat.js`. */
  readonly program: string
  /** Width in columns; 80 unless said otherwise. */
  readonly columns?: number
}

const INDENT = 6

/** Ends with a line feed. A word longer than a line is broken. */
export function helpText(
  { fields }: { readonly fields: ReadonlyMap<string, Field> },
  { program, columns = 80 }: HelpOptions,
): string {
  const head = [
    `Usage: ${program} [--name=value ...] [settings.yaml ...]`,
    '',
    ...wrapText(
      'A setting may be given more than once. The last of these wins: its default, the program, the environment, settings files named here (JSON, YAML or a module), flags. Commas separate the items of a list. --no-name turns the switch --name off.',
      { width: columns },
    ),
    '',
  ]
  const entries = [...fields.values()].flatMap((field) => entry(field, columns))
  const flags = [
    '  --debug',
    `${' '.repeat(INDENT)}Show the stack of every error.`,
    '',
    '  --help',
    `${' '.repeat(INDENT)}Show this text.`,
    '',
  ]
  return [...head, ...entries, ...flags].join('\n')
}

function entry(field: Field, columns: number): string[] {
  const facts = [fallback(field), `environment: ${field.variable}`].filter((fact) => fact !== '')
  return [
    `  ${flag(field)}`,
    ...wrapText(plain(field.description), { width: columns, indent: INDENT }),
    ...wrapText(`[${facts.join('; ')}]`, { width: columns, indent: INDENT }),
    '',
  ]
}

function flag({ name, type, json }: Field): string {
  if (isSwitch(json)) return `--${name}, --no-${name}`
  const negation = takesBoolean(json) ? `, --no-${name}` : ''
  return `--${name}=<${type || 'value'}>${negation}`
}

function fallback({ default: value, secret }: Field): string {
  if (value === undefined) return ''
  return `default: ${secret ? '***' : typeof value === 'string' ? plain(value) : show(value)}`
}
