/** What the specs of the console share: a service with a console on a socket of its own, and administrators. */
import path from 'node:path'
import { type Connection, connect, Service, type StartOptions } from 'mara-ts'
import type { ConsoleOptions, ServiceConsole } from '../../lib/console/index.js'
import { folder } from '../cli/support.js'
import { running } from '../support/service.js'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

export interface Consoled {
  readonly service: AnyService
  readonly console: ServiceConsole
  admin(): Promise<Connection>
}

/** Runs a service with a console for the time of `body`. */
export async function consoled(
  body: (consoled: Consoled) => Promise<void>,
  { service = new Service(), ...options }: ConsoleOptions & { readonly service?: AnyService } = {},
  settings?: StartOptions,
): Promise<void> {
  const console = await service.console({ path: path.join(folder(), 'console'), ...options })
  const admins: Connection[] = []
  try {
    await running(
      service,
      () =>
        body({
          service,
          console,
          async admin() {
            const admin = await connect({ path: console.path, timeout: 10_000 })
            admins.push(admin)
            return admin
          },
        }),
      settings,
    )
  } finally {
    for (const admin of admins) admin.destroy()
    await console.close()
  }
}

/** What a console answers to a line; the end of the answer is that of the next, empty, command. */
export async function ask(admin: Connection, line: string): Promise<string[]> {
  admin.write(line, 'no-such-command-xyz')
  const answer: string[] = []
  for (;;) {
    const text = await admin.nextLine({ timeout: 20_000 })
    if (text.startsWith('Unknown command: no-such-command-xyz')) return answer
    answer.push(text)
  }
}
