/** The process of a program's angel, as `AngelProcess` starts it: like `mara angel`, but it never waits after a crash. */
import { runAngel } from '../angel/index.js'

const [file = '', ...settings] = process.argv.slice(2)
process.exitCode = await runAngel(file, settings, { healthy: 0 })
