/**
 * The commands, in the order in which help lists them. A new one is a file here and a row below.
 */
import type { Command } from '../command.js'
import { angel } from './angel.js'
import { bench } from './bench.js'
import { console } from './console.js'
import { init } from './init.js'
import { restart } from './restart.js'
import { rooms } from './rooms.js'
import { run } from './run.js'
import { settings } from './settings.js'
import { status } from './status.js'
import { stop } from './stop.js'

export const commands: readonly Command[] = [
  init,
  run,
  settings,
  rooms,
  angel,
  restart,
  status,
  stop,
  console,
  bench,
]
