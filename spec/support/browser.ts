/** A real browser without a window, Chromium, driven through its DevTools protocol. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RawData, WebSocket } from 'ws'
import { find, install } from './debian.js'

const NAMES = ['chromium-headless-shell', 'chromium'] as const

/** Where it is, installed if need be; where it can't be had, says why in a line for the runner. */
export function chromium(): string | undefined {
  const reason = find(...NAMES) === undefined ? install('chromium-headless-shell') : undefined
  const path = find(...NAMES)
  if (path === undefined) console.log(`skipped: no Chromium on this machine: ${reason}`)
  return path
}

export class Browser {
  readonly #process: ChildProcess
  readonly #home: string
  readonly #devTools: WebSocket
  #calls = 0

  private constructor(process: ChildProcess, home: string, devTools: WebSocket) {
    this.#process = process
    this.#home = home
    this.#devTools = devTools
  }

  /** Opens a page. */
  static async open(path: string, url: string): Promise<Browser> {
    const home = mkdtempSync(join(tmpdir(), 'mara-browser-'))
    // Its own sandbox needs rights that a container seldom has; the page is the spec's own.
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
    const more = ['--remote-debugging-port=0', `--user-data-dir=${home}`]
    const child = spawn(path, [...flags, ...more, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8')
    for await (const text of child.stderr.iterator({ destroyOnReturn: false })) {
      said += text
      if (/DevTools listening on \S+\s/.test(said)) break
    }
    child.stderr.resume()
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]
    if (port === undefined) throw new Error(`the browser did not start: ${said}`)
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Target[]
    const page = targets.find(({ type }) => type === 'page') as Target
    const devTools = new WebSocket(page.webSocketDebuggerUrl, { perMessageDeflate: false })
    await once(devTools, 'open')
    const browser = new Browser(child, home, devTools)
    await browser.#call('Page.enable')
    const loaded = browser.#message(({ method }) => method === 'Page.loadEventFired')
    await browser.#call('Page.navigate', { url })
    await loaded
    return browser
  }

  /** What an expression comes to in the page; a promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true }
    const { result } = await this.#call('Runtime.evaluate', params)
    if (result?.exceptionDetails !== undefined) throw new Error(JSON.stringify(result))
    return result?.result?.value
  }

  async #call(method: string, params: object = {}): Promise<Message> {
    this.#calls += 1
    const id = this.#calls
    const answer = this.#message((message) => message.id === id)
    this.#devTools.send(JSON.stringify({ id, method, params }))
    const message = await answer
    if (message.error !== undefined) throw new Error(`${method}: ${JSON.stringify(message.error)}`)
    return message
  }

  /** Several may come in one breath, so each wait listens by itself. */
  #message(isIt: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onMessage = (data: RawData): void => {
        const message = JSON.parse(String(data)) as Message
        if (!isIt(message)) return
        this.#devTools.off('message', onMessage)
        resolve(message)
      }
      this.#devTools.on('message', onMessage)
      this.#devTools.once('close', () => reject(new Error('the browser has ended')))
    })
  }

  /** Waits until the page shows `text`. */
  async sees(text: string): Promise<void> {
    await this.evaluate(`new Promise((resolve) => {
      const look = () => document.body?.innerText.includes(${JSON.stringify(text)}) && resolve(true)
      new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true })
      look()
    })`)
  }

  async close(): Promise<void> {
    // It ends its own processes with it; killed, it would leave them writing into the folder.
    const ended = once(this.#process, 'exit')
    await this.#call('Browser.close')
    await ended
    this.#devTools.terminate()
    await rm(this.#home, { recursive: true, force: true, maxRetries: 10 })
  }
}

interface Target {
  readonly type: string
  readonly webSocketDebuggerUrl: string
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly error?: unknown
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: unknown }
}
