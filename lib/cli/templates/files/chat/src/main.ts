/**
 * Runs the service with the settings that the command line, the environment and settings files give it.
 */
import { events } from 'mara-ts'
import { makeService } from './service.js'

const service = makeService()

service.listen(events.PostStart, () => {
  const { host, port } = service.address ?? {}
  console.log(`The chat is open. Try it in two terminals: telnet ${host} ${port}`)
})

await service.run()
