/** `mara settings FILE [settings]`: what a program's settings would be, without starting it. */
import { defineCommand } from '../command.js'

export const settings = defineCommand({
  name: 'settings',
  summary: "Show a program's settings: their values, and where they come from.",
  usage: 'FILE [settings]',
  details: [
    'Use the arguments and the environment that you would use with mara run. The program runs until its service would start, and then ends.',
    'A terminal gets a table. Otherwise, each line has a name, a value and an origin, separated by tabs. Secrets show as ***.',
  ],
  options: {},
  async run({ operands: [file = ''], settings, io }) {
    const { showSettings } = await import('../settings/show.js')
    return showSettings(file, settings, io)
  },
})
