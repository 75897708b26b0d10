/**
 * The texts of `mara --help` and `mara COMMAND --help`, made from the commands themselves.
 */
import { wrapText } from '../text/wrap.js'
import type { Command, Options } from './command.js'
import { manifest } from './manifest.js'
import { commonOptions } from './parse.js'

const WIDTH = 80

export function generalHelp(commands: readonly Command[]): string {
  return [
    'Usage: mara COMMAND [options]',
    '',
    ...paragraph(manifest.description),
    '',
    'Commands:',
    ...definitions(commands.map(({ name, usage, summary }) => [`${name} ${usage}`.trim(), summary])),
    '',
    'Options:',
    ...optionLines(commonOptions),
    '',
    'For more about a command: mara help COMMAND',
    ...paragraph('Exit codes: 0 for success, 1 for a failure, 2 for a wrong command line or setting.'),
    '',
  ].join('\n')
}

export function commandHelp({ name, usage, summary, details = [], options }: Command): string {
  const shown = Object.keys(options).length === 0 ? '' : '[options]'
  return [
    ['Usage: mara', name, shown, usage].filter((word) => word !== '').join(' '),
    '',
    ...paragraph(summary),
    ...details.flatMap((text) => ['', ...paragraph(text)]),
    '',
    'Options:',
    ...optionLines({ ...options, ...commonOptions }),
    '',
  ].join('\n')
}

function optionLines(options: Options): string[] {
  const rows = Object.entries(options).map(([name, { short, type, value = 'VALUE', description }]) => {
    const long = type === 'string' ? `--${name}=${value}` : `--${name}`
    return [short === undefined ? `    ${long}` : `-${short}, ${long}`, description] as const
  })
  return definitions(rows)
}

/** Two columns, the second one wrapped. */
function definitions(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([term]) => term.length))
  const margin = ' '.repeat(width + 4)
  return rows.flatMap(([term, text]) => {
    const [first = '', ...rest] = paragraph(text, WIDTH - margin.length)
    return [`  ${term.padEnd(width)}  ${first}`, ...rest.map((line) => margin + line)]
  })
}

function paragraph(text: string, width = WIDTH): string[] {
  return wrapText(text, { width })
}
