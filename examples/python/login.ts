/** A login as a Handler class, a subclass that says more, and two people who log in at the same time. */
import { events, Handler, Service } from 'mara-ts'
import { input, password } from 'mara-ts/prompts'
import { connectTo, Transcript } from 'mara-ts/testing'

interface Guest {
  name?: string
}

class Login extends Handler<events.Connect<Guest>> {
  name = ''
  wrong = 0

  async handler_10_name({ client }: events.Connect<Guest>): Promise<void> {
    this.name = await input(client, { message: 'Name: ', required: true })
  }

  async handler_20_password({ client }: events.Connect<Guest>): Promise<void> {
    const secret = await password(client, { message: 'Password: ', notice: '' })
    if (secret === 'swordfish') return
    this.wrong += 1
    client.write(`Wrong, ${this.name}. That was number ${this.wrong}.`)
    // All steps once more.
    this.handlers = this.getHandlers()
  }

  handler_90_welcome({ client }: events.Connect<Guest>): void {
    client.state.name = this.name
    client.write(`Welcome, ${this.name}.`)
  }
}

class PoliteLogin extends Login {
  handler_05_greet({ client }: events.Connect<Guest>): void {
    if (this.wrong === 0) client.write('Good evening.')
  }

  override handler_90_welcome(event: events.Connect<Guest>): void {
    super.handler_90_welcome(event)
    event.client.write('Please take a seat.')
  }
}

const service = new Service<Guest>()
service.listen(events.Connect, PoliteLogin)
await service.start({ port: 0, log: false })

const transcript = new Transcript()
const ann = await connectTo(service, { name: 'ann', transcript })
const bob = await connectTo(service, { name: 'bob', transcript })
for (const person of [ann, bob]) {
  await person.sees('Name: ')
  person.type(person.name)
  await person.sees('Password: ')
}
ann.type('herring')
await ann.sees('Wrong', 'Name: ')
bob.type('swordfish')
await bob.sees('take a seat')
ann.type('ann')
await ann.sees('Password: ')
ann.type('swordfish')
await ann.sees('take a seat')
await ann.leave()
await bob.leave()
await service.stop()
console.log(String(transcript))
