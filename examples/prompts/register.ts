/** A registration by prompts, and somebody who does not get it right at once. */
import { events, Service } from 'mara-ts'
import { confirm, input, password, select } from 'mara-ts/prompts'
import { connectAs, personas } from 'mara-ts/testing'

const taken = new Set(['bob'])

const service = new Service()
service.listen(events.Connect, async ({ client }) => {
  const name = await input(client, {
    message: 'Name: ',
    required: true,
    transform: (text) => text.toLowerCase(),
    validate: async (name) => !taken.has(name) || 'Somebody else has this name.',
  })
  const secret = await password(client, {
    message: 'New password: ',
    repeat: 'Once more: ',
    validate: (typed) => typed.length >= 8 || 'At least 8 characters, please.',
  })
  const race = await select(client, {
    message: 'Race: ',
    choices: ['elf', { value: 'dwarf', description: 'short' }, { value: 'orc', disabled: 'only at night' }],
  })
  const sure = await confirm(client, { message: 'Is that right? [Y/n] ', default: true })
  client.write(sure ? `Welcome, ${name} the ${race}. ${secret.length} characters it is.` : 'Goodbye.')
})
await service.start({ port: 0, log: false })

const ann = await connectAs(personas.putty, service)
const answers: [string, string][] = [
  ['Name: ', 'Bob'],
  ['Name: ', 'Ann'],
  ['New password: ', 'fish'],
  ['New password: ', 'swordfish'],
  ['Once more: ', 'swordfish'],
  ['Race: ', 'orc'],
  ['Race: ', 'd'],
  ['[Y/n] ', ''],
]
for (const [question, answer] of answers) {
  await ann.sees(question)
  ann.type(answer)
}
await ann.sees('characters it is.')
console.log(ann.screen.trim().replaceAll('\r', ''))
await ann.leave()
await service.stop()
