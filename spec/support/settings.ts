/** What a service goes by where these settings are given, and the others left alone. */
import { z } from 'zod'
import { type CoreSettings, coreShape } from '../../lib/settings/index.js'

export function coreSettings(given: z.input<z.ZodObject<typeof coreShape>> = {}): CoreSettings {
  return z.object(coreShape).parse(given) as CoreSettings
}
