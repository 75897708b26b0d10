/** Gold that is paid once and not twice, whatever becomes of the process in between. */
import { randomUUID } from 'node:crypto'
import { events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { Store } from 'mara-ts/storage'
import { z } from 'zod'

/** All gold in one object, and which payments are done: one save writes both. */
export class Ledger extends Store.define('ledger', {
  gold: z.record(z.string(), z.int()).default({}),
  done: z.array(z.string()).default([]),
}) {
  goldOf(name: string): number {
    return this.gold[name] ?? 10
  }

  /** Pays, unless this payment was done before. @returns whether there was enough. */
  async pay(id: string, from: string, to: string, amount: number): Promise<boolean> {
    if (!this.done.includes(id)) {
      if (this.goldOf(from) < amount) return false
      this.gold[from] = this.goldOf(from) - amount
      this.gold[to] = this.goldOf(to) + amount
      this.done = [...this.done, id].slice(-1_000)
    }
    // Also where it was done before: the process may have died before it was saved.
    await this.save()
    return true
  }
}

export function makeService(): Service<{ name?: string }> {
  const service = new Service<{ name?: string }>()
  const ledgers = service.stores.manager(Ledger)
  let ledger: Ledger
  service.listen(events.PreStart, async () => {
    ledger = (await ledgers.load('main')) ?? (await ledgers.create('main'))
  })

  service.listen(events.Connect, async ({ client }) => {
    client.state.name = await client.ask('Name: ')
    client.write('Pay somebody: pay bob 5')
  })

  service.listen(events.Receive, async function pay({ client, data }) {
    const { name = '' } = client.state
    const [, to, digits] = /^pay (\w+) (\d{1,6})$/.exec(data) ?? []
    if (to === undefined) return client.write(`You have ${ledger.goldOf(name)} gold.`)
    const id = await step('the id of the payment', () => randomUUID())
    const isPaid = await step('pay', () => ledger.pay(id, name, to, Number(digits)))
    client.write(isPaid ? `You have paid ${to} ${digits} gold.` : 'You have too little.')
  })
  return service
}
