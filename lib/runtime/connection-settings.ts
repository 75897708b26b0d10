/** What the settings of a service mean for its connections. */
import { bytes, lines } from '../protocol/index.js'
import type { CoreSettings } from '../settings/index.js'
import { type TelnetOption, TelnetSettings } from '../telnet/index.js'
import type { ConnectionManagerSettings } from './connection-manager.js'

export interface ConnectionParts
  extends Pick<ConnectionManagerSettings, 'executor' | 'clock' | 'counters' | 'texts' | 'warn'> {
  readonly telnetOptions: readonly TelnetOption[] | undefined
}

export function connectionSettings(
  settings: CoreSettings,
  { telnetOptions: options, executor, clock, counters, texts, warn }: ConnectionParts,
): ConnectionManagerSettings {
  const { maxSubnegotiation, maxTelnetReplies, raw, telnet, drain, sanitize, telnetOffers } = settings
  return {
    executor,
    clock,
    counters,
    limits: settings,
    protocol: raw ? bytes : lines,
    drain,
    sanitize,
    telnet: telnet ? new TelnetSettings({ maxSubnegotiation, maxTelnetReplies, clock, options }) : undefined,
    telnetOffers,
    texts,
    warn,
  }
}
