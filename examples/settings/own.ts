/** Settings of a program's own: from a file and from the program, typed, and checked before anything starts. */
import { connect, events, Service, SettingsError, secret } from 'mara-ts'
import { z } from 'zod'

const service = new Service({
  settings: {
    motd: z.string().default('Welcome.').describe('What everybody reads first.'),
    maxGuests: z.int().min(1).default(20).describe('How many people may be here.'),
    admins: z.array(z.string()).default([]).describe('Who may do everything.'),
    weatherKey: secret(z.string().min(8)).optional().describe('Key of the weather service.'),
  },
})

service.listen(events.Connect, ({ client }) => {
  // The type is known: motd is a string, and weatherKey a string or undefined.
  client.write(`${service.settings.motd} At most ${service.settings.maxGuests} guests.`)
})

// Somebody who connects as soon as the service runs, and then stops it.
service.listen(events.PostStart, async () => {
  const ann = await connect(service)
  console.log(await ann.nextLine())
  await ann.close()
  void service.stop()
})
await service.run(new URL('chat.yaml', import.meta.url), { port: 0, log: false, maxGuests: 5 })

try {
  await service.start({ port: 70_000, maxGuests: 0, weatherKey: 'short' })
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.log(error.message)
  console.log(error.problems.map(({ name }) => name))
}
