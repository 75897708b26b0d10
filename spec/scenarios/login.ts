/** A login of ten prompts, with everything that a conversation can do, and three people who see it. */
import { events, Service, TimeoutError } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { confirm, input, password, select } from 'mara-ts/prompts'
import type { Scenario } from 'mara-ts/testing'

interface Guest {
  name?: string
  race?: string
}

/** Something from elsewhere that takes its time. */
const lookUp = (word: string): Promise<boolean> =>
  new Promise((resolve) => setImmediate(() => resolve(word !== 'nowhere')))

/** The next number of each performance: whoever rolls once more than the first time gets another one. */
let rolled = 0
export const dice = { roll: (): number => ++rolled }

export function loginService(): Service<Guest> {
  const service = new Service<Guest>()
  service.filterAll = ({ state }) => state.name !== undefined

  service.listen(events.Connect, async function login({ client }) {
    client.write('Welcome to the tower.')
    const name = await input(client, {
      message: 'Name: ',
      validate: (answer) => answer !== 'bob' || 'That name is taken.',
    })
    const secret = await password(client, { message: 'Password: ', repeat: 'Again: ' })
    const isNew = await confirm(client, { message: 'Are you new? ' })
    const race = await select(client, { message: 'Race: ', choices: ['elf', 'dwarf', 'orc'] })
    client.state.race = race
    const home = await input(client, {
      message: 'Where are you from? ',
      validate: async (answer) => (await lookUp(answer)) || 'There is no such place.',
    })
    let colour = 'none'
    try {
      colour = await client.ask('Colour (in an hour): ', { timeout: 3_600_000 })
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error
    }
    const strength = await step('roll the dice', () => dice.roll())
    client.write(`Your strength is ${strength}.`)
    client.write('Anything else?')
    const motto = await client.nextLine()
    client.state.name = name
    service.writeAll(`${name} the ${race} of ${home} has joined: ${motto}`)
    client.write(`Welcome, ${name}: ${secret.length} letters, ${isNew}, ${colour}, ${strength}.`)
  })
  service.listen(events.Receive, ({ client, data }) => service.writeAll(`${client.state.name}: ${data}`))
  service.listen(events.Disconnect, ({ client }) => service.writeAll(`${client.state.name} has left.`))
  return service
}

export const play: Scenario['play'] = async (connect) => {
  rolled = 0
  const [eve, bob] = [await connect('eve'), await connect('bill')]
  for (const [who, name] of [
    [eve, 'eve'],
    [bob, 'bill'],
  ] as const) {
    // One after another: what telnet agrees on meanwhile comes in its place then.
    const answers = ['Name: ', name, 'Password: ', 'pw', 'Again: ', 'pw', 'new? ', 'n', 'Race: ', 'elf']
    answers.push('from? ', 'here', 'Colour (in an hour): ', 'red', 'else?', 'hello')
    for (let i = 0; i < answers.length; i += 2) {
      await who.sees(answers[i] as string)
      who.type(answers[i + 1] as string)
    }
    await who.sees(`Welcome, ${name}`)
  }
  const ann = await connect('ann')
  const answers: [prompt: string | RegExp, ...typed: string[]][] = [
    ['Name: ', 'bob'],
    ['That name is taken.\nName: ', 'ann'],
    ['Password: ', 'secret'],
    ['Again: ', 'secreT'],
    [/same\.\n.*Password: /s, 'secret'],
    ['Again: ', 'secret'],
    ['Are you new? ', 'maybe'],
    ['Are you new? ', 'y'],
    ['Race: ', '2'],
    ['Where are you from? ', 'nowhere'],
    ['There is no such place.\nWhere are you from? ', 'the hills'],
    ['Colour (in an hour): ', 'grey'],
    ['Anything else?', 'No.'],
  ]
  for (const [prompt, ...typed] of answers) {
    await ann.sees(prompt)
    bob.type(`ann is at ${prompt}`.replaceAll('\n', ' '))
    await eve.sees(`bill: ann is at ${prompt}`.replaceAll('\n', ' '))
    ann.type(...typed)
  }
  await ann.sees('Welcome, ann: 6 letters, true, grey')
  ann.type('hi')
  await eve.sees('ann the dwarf of the hills has joined', 'ann: hi')
  await ann.leave()
  await bob.sees('ann has left.')
  await eve.sees('ann has left.')
}
