/**
 * Asks on a terminal for the template of a new project.
 */
import { createInterface } from 'node:readline/promises'
import type { Writable } from 'node:stream'
import { InitError } from '../errors.js'
import type { Io } from '../io.js'
import { defaultTemplate, type Template, templates } from '../templates/index.js'

/**
 * Asks until the answer is a template's number or name; no answer is the default one.
 *
 * @throws InitError at the end of the input (Ctrl-D).
 */
export async function askForTemplate({ stdin, stdout }: Io): Promise<Template> {
  const width = Math.max(...templates.map(({ name }) => name.length))
  stdout.write('Which template?\n')
  for (const [index, { name, summary }] of templates.entries()) {
    stdout.write(`  ${index + 1}  ${name.padEnd(width)}  ${summary}\n`)
  }
  const readline = createInterface({ input: stdin, output: stdout as Writable, terminal: false })
  stdout.write(`Number or name [${defaultTemplate.name}]: `)
  try {
    for await (const line of readline) {
      const answer = line.trim().toLowerCase()
      const chosen = answer === '' ? defaultTemplate : readAnswer(answer)
      if (chosen !== undefined) return chosen
      stdout.write(`Answer with a number from 1 to ${templates.length}, or a name: `)
    }
  } finally {
    readline.close()
  }
  stdout.write('\n')
  throw new InitError('No template was chosen, so nothing was made.')
}

function readAnswer(answer: string): Template | undefined {
  return templates[Number(answer) - 1] ?? templates.find(({ name }) => name === answer)
}
