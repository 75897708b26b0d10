/** A flow that goes on in the middle, played with a new process at each of its prompts. */
import { events, Service } from 'mara-ts'
import { loop, random, step } from 'mara-ts/conversation'
import { input } from 'mara-ts/prompts'
import { everyRestartPoint } from 'mara-ts/testing'

/** Stands for a database, which outlives the program. */
const database = { accounts: new Map([['ann', { gold: 10 }]]) }

function makeService(): Service {
  const service = new Service()
  service.listen(events.Connect, async function game({ client }) {
    const name = await input(client, { message: 'Name: ' })
    const account = await step('load the account', () => database.accounts.get(name) ?? { gold: 0 })
    const bonus = Math.floor(random() * 2)
    client.write(`You have ${account.gold} gold. Guess what comes: 0 or 1?`)
    await loop(client, { right: 0 }, (state, line) => {
      const right = state.right + (line === String(bonus) ? 1 : 0)
      client.write(`Right ${right} times.`)
      return { right }
    })
  })
  return service
}

const moments = await everyRestartPoint(
  {
    service: makeService,
    async play(connect) {
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('ann')
      await ann.sees('0 or 1?')
      ann.type('2')
      await ann.sees('Right 0 times.')
    },
  },
  { crash: true },
)
console.log(`Ann saw the same with a crash at each of ${moments} moments.`)
