/** How a record is made of what is logged: its form, and what must not be in it. */
import { pino } from 'pino'
import { censored, secretNames } from './serialize.js'

export const pinoOptions: pino.LoggerOptions = {
  level: 'debug',
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
  // A field may be named `time` or `level`. In an object of its own it cannot replace pino's keys.
  nestedKey: 'fields',
  redact: {
    paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    censor: censored,
  },
}
