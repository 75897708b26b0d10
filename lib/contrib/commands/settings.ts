/** The settings of commands: `new Service({ settings: commandSettings })`. */
import { z } from 'zod'

export const commandSettings = {
  commandsDebug: z
    .boolean()
    .default(false)
    .describe('Show people the stack of an error in a command. For developers: it reveals the program.'),
}
