/** One text, as three clients get it. */
import { events, Service } from 'mara-ts'
import { bold, hr, listInWords, red, rgb, styled, wrap, yellow } from 'mara-ts/styles'
import { connectAs, personas } from 'mara-ts/testing'

const orange = rgb(255, 136, 0)

const service = new Service()
service.listen(events.Receive, ({ client, data }) => {
  client.write(
    hr(bold(`News for ${data}`), { sequence: '=' }),
    wrap(styled`Somebody has seen ${red('a dragon')} above the ${orange('old town')}, they say.`, {
      hanging: 2,
    }),
    styled('Here: ', listInWords([yellow('ann'), 'bob', 'cat'])),
  )
})
await service.start({ port: 0, log: false })

for (const manners of [personas.netcat, personas.putty, personas.inetutilsByKey]) {
  const ann = await connectAs(manners, service, { columns: 32 })
  await ann.seesNothing()
  ann.type('\x1b[5mann')
  const text = await ann.sees('cat')
  console.log(`${manners.name}:`)
  // Escape sequences as they are written in programs, so that they can be seen.
  const page = text.slice(text.indexOf('=')).trim()
  for (const line of page.split('\r\n')) console.log(JSON.stringify(line))
  await ann.leave()
}
await service.stop()
