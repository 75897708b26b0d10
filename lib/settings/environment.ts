/**
 * Settings in the environment: `MARA_MAX_LINE_LENGTH=1000` for `maxLineLength`.
 *
 * An unknown `MARA_` variable is a warning, not an error: the environment is shared. A shell profile may set what
 * another service of this machine understands, and an orchestrator may add variables of its own for a service
 * named mara. An empty variable counts as not given, as shells and compose files clear one so.
 */
import type { Problem } from './errors.js'
import { type Fields, type Given, noSuchSetting } from './given.js'
import type { Origin } from './origin.js'
import { variablePrefix } from './schema.js'
import { readings } from './types.js'

interface EnvironmentReading {
  given: Given[]
  warnings: Problem[]
}

export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  fields: Fields,
): EnvironmentReading {
  const given: Given[] = []
  const known = new Set<string>()
  for (const field of fields.values()) {
    known.add(field.variable)
    // Asked for by name, since Windows keeps the case in which a variable was set, and finds it in any.
    const text = env[field.variable]
    if (text === undefined || text === '') continue
    const origin: Origin = { kind: 'environment', where: field.variable }
    given.push({ field, origin, readings: readings(text, field.json), text })
  }

  const warnings: Problem[] = []
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith(variablePrefix) || known.has(variable) || !env[variable]) continue
    const name = variable.slice(variablePrefix.length)
    const message = `is ignored: ${noSuchSetting(name, fields, (near) => near.variable)}`
    warnings.push({ name, origin: { kind: 'environment', where: variable }, message })
  }
  return { given, warnings }
}
