/**
 * The commands, in the order in which help lists them. A new one is a file here and a row below.
 */
import type { Command } from '../command.js'
import { init } from './init.js'
import { run } from './run.js'
import { settings } from './settings.js'

export const commands: readonly Command[] = [init, run, settings]
