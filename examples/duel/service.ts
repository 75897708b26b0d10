/** Two people in one conversation: one challenges the other, and both choose a weapon at the same time. */
import { type Client, events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'

interface Fighter {
  name?: string
}

const beats = { rock: 'scissors', paper: 'rock', scissors: 'paper' }
type Weapon = keyof typeof beats

export function makeService(): Service<Fighter> {
  const service = new Service<Fighter>()
  service.listen(events.Connect, async ({ client }) => {
    client.state.name = await client.ask('Name: ')
    client.write(`Welcome, ${client.state.name}. Whom do you challenge?`)
  })

  service.listen(events.Receive, async function duel({ client, data }) {
    const { name } = client.state
    // Read from elsewhere, so by a step: the next process gets the same client. Once that has left, `foe` is undefined there.
    const { found, foe } = await step('find the foe', () => {
      const foe = [...service.clients].find((other) => other !== client && other.state.name === data)
      return { found: foe !== undefined, foe }
    })
    if (!found) return client.write(`There is no ${data} to fight.`)

    const tell = (text: string): void => {
      client.write(text)
      foe?.write(text)
    }
    /** The answer of one of the two; undefined where the foe gives none. */
    const ask = async (who: Client<Fighter> | undefined, question: string): Promise<string | undefined> => {
      // Before the step: so it is shown once, whatever becomes of the step.
      who?.prompt(question)
      if (who === client) return client.nextLine()
      return step('the foe answers', () =>
        who?.nextLine({ timeout: 60_000, signal: client.signal }).catch(() => undefined),
      )
    }
    const choose = async (who: Client<Fighter> | undefined): Promise<Weapon | undefined> => {
      for (;;) {
        const answer = await ask(who, 'Rock, paper or scissors? ')
        if (answer === undefined || Object.hasOwn(beats, answer)) return answer as Weapon | undefined
      }
    }

    client.write(`You challenge ${data}.`)
    if ((await ask(foe, `${name} challenges you. Accept? `)) !== 'yes') return tell('There is no duel.')
    const [mine, theirs] = await Promise.all([choose(client), choose(foe)])
    if (mine === undefined || theirs === undefined) return tell('The duel is off.')
    const winner = beats[mine] === theirs ? name : beats[theirs] === mine ? data : 'nobody'
    tell(`${mine} meets ${theirs}: ${winner} wins.`)
  })
  return service
}
