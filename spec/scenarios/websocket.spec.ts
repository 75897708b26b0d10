// time limit: 600 s
/** One chat for people on telnet, programs on WebSockets, and a browser that got its page from the same port. */
import { fileURLToPath } from 'node:url'
import { type Client, events, Service, tcp, type WebSocketOptions, websocket } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { Browser, chromium } from '../support/browser.js'
import { quiet, stopAll, watched } from '../support/life.js'
import { Peer } from '../support/peer.js'

const spec = suite('scenarios/websocket')
spec.after.each(stopAll)

const webRoot = fileURLToPath(new URL('fixtures/page', import.meta.url))

interface Guest {
  name: string
}

interface Chat {
  readonly service: Service<Guest>
  /** Where the page is. */
  readonly url: string
}

async function chat(options: WebSocketOptions = {}): Promise<Chat> {
  const service = watched(new Service<Guest>())
  service.listen(events.Connect, async ({ client }) => {
    client.prompt('Name: ')
    client.state.name = await client.nextLine()
    service.writeAll(`${client.state.name} has come`)
  })
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'bye') void client.close()
    else service.writeAll(`${client.state.name}: ${data}`)
  })
  service.listen(events.Disconnect, ({ client }) => service.writeAll(`${client.state.name} has gone`))
  const web = websocket({ webRoot, ...options })
  await service.start({ ...quiet, telnet: true, servers: [tcp(), web] })
  const { host, port } = web.address as { host: string; port: number }
  return { service, url: `http://${host}:${port}/` }
}

async function join(service: Service<Guest>, name: string): Promise<Peer> {
  const peer = await Peer.connect(service)
  await peer.until('Name: ')
  peer.send(`${name}\n`)
  assert.is(await peer.line(), `${name} has come`)
  return peer
}

spec('people on TCP and programs on WebSockets talk to each other, each in the form that fits', async () => {
  const { service, url } = await chat()
  const ann = await join(service, 'ann')
  const socket = new WebSocket(url.replace('http', 'ws'), 'text')
  const heard: string[] = []
  let hear = (): void => {}
  socket.on('message', (data) => {
    heard.push(String(data))
    hear()
  })
  const next = async (): Promise<string> => {
    while (heard.length === 0)
      await new Promise<void>((resolve) => {
        hear = resolve
      })
    return heard.shift() as string
  }
  assert.is(await next(), 'Name: ')
  socket.send('bot')
  assert.is(await ann.line(), 'bot has come')
  assert.is(await next(), 'bot has come\n')
  ann.send('hello, bot\n')
  assert.is(await next(), 'ann: hello, bot\n')
  assert.is(await ann.line(), 'ann: hello, bot')
  socket.send('hello, ann')
  assert.is(await ann.line(), 'bot: hello, ann')
  socket.close()
  assert.is(await ann.line(), 'bot has gone')
  ann.destroy()
})

const browser = chromium()
if (browser !== undefined) {
  const opening = async (url: string, body: (page: Browser) => Promise<void>): Promise<void> => {
    const page = await Browser.open(browser, url)
    try {
      await body(page)
    } finally {
      await page.close()
    }
  }
  const type = (page: Browser, line: string): Promise<unknown> =>
    page.evaluate(
      `document.querySelector('input').value = ${JSON.stringify(line)}, document.querySelector('form').requestSubmit()`,
    )

  spec('a browser loads the page and chats', async () => {
    const { service, url } = await chat()
    const ann = await join(service, 'ann')
    await opening(url, async (page) => {
      await page.sees('Name: ')
      await type(page, 'zoë')
      assert.is(Buffer.from(await ann.line(), 'latin1').toString(), 'zoë has come')
      ann.send('hello\n')
      await page.sees('ann: hello')
      await type(page, 'hello, ann \u{1f600}')
      await ann.line()
      assert.is(Buffer.from(await ann.line(), 'latin1').toString(), 'zoë: hello, ann \u{1f600}')
      const client = [...service.clients].at(-1) as Client<Guest>
      assert.is(client.secure, false)
      await type(page, 'bye')
      await page.sees('closed: 1000')
    })
    assert.is(Buffer.from(await ann.line(), 'latin1').toString(), 'zoë has gone')
    ann.destroy()
  })

  spec('the page of another host can not connect, and its browser is told nothing of why', async () => {
    const [own, foreign] = [await chat(), await chat()]
    await opening(own.url, async (page) => {
      await page.sees('Name: ')
      const code = await page.evaluate(`new Promise((resolve) => {
        new WebSocket('${foreign.url.replace('http', 'ws')}', 'text').onclose = ({ code }) => resolve(code)
      })`)
      assert.is(code, 1006)
    })
    assert.is(foreign.service.clients.size, 0)
  })
}

spec.run()
