/** Commands with regular expressions, as a registry in Python had them, and somebody who uses them. */
import { Service } from 'mara-ts'
import { CommandRegistry, defineCommand } from 'mara-ts/contrib/commands'
import { connectTo, Transcript } from 'mara-ts/testing'

const service = new Service()
const commands = new CommandRegistry(service)

// Groups need names, and the flag i where capital letters don't count.
const at = /^(?:at |)(?<thing>\w+)$/i
commands.register('look', { args: at, syntax: '[at] <thing>' }, ({ client }, { thing }) => {
  client.write(`You look at the ${thing}.`)
})

// Most expressions can be a pattern. Its arguments have types.
commands.register('give', { args: '<count:int> <thing> to <user>' }, ({ client }, { count, thing, user }) => {
  client.write(`You give ${user} ${count * 2} halves of a ${thing}.`)
})

// A command that asks. It may be a generator or an async function.
const dance = defineCommand('dance', { args: '[how:text]', help: 'Dances.' }, async ({ client }, { how }) => {
  const style = how ?? (await client.ask('How? '))
  client.write(`You dance ${style}.`)
})
commands.register(dance)
commands.register({ ...dance, name: 'prance' })

// In a replacement, $1 is the first group. Case never counts in an alias.
commands.alias(/^x /, 'look ')
commands.alias(/^!(\w+)$/, 'give 1 cake to $1')

await service.start({ port: 0, log: false })
const transcript = new Transcript()
const ann = await connectTo(service, { name: 'ann', transcript })
for (const [line, answer] of [
  ['look AT cat', 'You look at'],
  ['X cat', 'You look at'],
  ['look', 'Syntax'],
  ['!bob', 'You give'],
  ['prance', 'How?'],
  ['slowly', 'You dance'],
] as const) {
  ann.type(line)
  await ann.sees(answer)
}
await ann.leave()
await service.stop()
console.log(String(transcript))
