import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidOptionError } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebRoot } from '../../lib/transport/web-root.js'
import { rejection } from '../support/service.js'

const spec = suite('transport/web-root')

const home = mkdtempSync(join(tmpdir(), 'mara-web-'))
const folder = join(home, 'public')
let server: http.Server
let port = 0

spec.before(async () => {
  mkdirSync(join(folder, 'sub'), { recursive: true })
  mkdirSync(join(folder, 'empty'))
  mkdirSync(join(home, 'public-not'))
  const files = {
    'public/index.html': '<p>hello',
    'public/a b.js': 'let a',
    'public/sub/index.html': '<p>sub',
    'public/picture.PNG': 'png',
    'public/none.xyz': 'data',
    'public/nothing.txt': '',
    'public/.env': 'SECRET',
    secret: 'SECRET',
    'public-not/secret': 'SECRET',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
  symlinkSync(join(home, 'secret'), join(folder, 'leak'))
  symlinkSync(join(home, 'public-not'), join(folder, 'leaks'))
  symlinkSync('index.html', join(folder, 'start.html'))
  const root = await WebRoot.open(folder)
  server = http.createServer((request, response) => void root.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

spec.after(() => {
  server.closeAllConnections()
  server.close()
  rmSync(home, { recursive: true })
})

/** What comes back for a request line of any kind: no client's URL parser stands between. */
async function ask(path: string, method = 'GET', headers = ''): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1' }).setEncoding('latin1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`)
  await once(socket, 'close')
  return text
}

spec('a folder gives its index.html, a file what its name says it is', async () => {
  const page = await ask('/')
  assert.match(page, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(page, /Content-Type: text\/html; charset=utf-8\r\n/)
  assert.match(page, /X-Content-Type-Options: nosniff\r\n/)
  assert.ok(page.endsWith('\r\n\r\n<p>hello'))
  assert.match(await ask('/sub/?x=1'), /<p>sub$/)
  assert.match(await ask('/start.html'), /<p>hello$/)
  assert.match(await ask('/a%20b.js'), /Content-Type: text\/javascript; charset=utf-8\r\n[\s\S]*let a$/)
  assert.match(await ask('/picture.PNG'), /Content-Type: image\/png\r\n/)
  assert.match(await ask('/none.xyz'), /Content-Type: application\/octet-stream\r\n/)
  assert.match(await ask('/nothing.txt'), /200 OK[\s\S]*Content-Length: 0\r\n/)
})

spec('a whole URL is taken as its path', async () => {
  assert.match(await ask('http://x'), /<p>hello$/)
  assert.match(await ask('HTTP://x:80?y'), /<p>hello$/)
  assert.match(await ask('https://x/sub/?y=1'), /<p>sub$/)
  assert.match(await ask('http://x/../secret'), /^HTTP\/1\.1 404 /)
})

spec('HEAD gives the head alone, and every other method is refused', async () => {
  const head = await ask('/', 'HEAD')
  assert.match(head, /200 OK[\s\S]*Content-Length: 8\r\n/)
  assert.not.match(head, 'hello')
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    assert.match(await ask('/', method), /^HTTP\/1\.1 405 [\s\S]*Allow: GET, HEAD\r\n/, method)
  }
})

spec('a browser that has the file is told so, until it changes', async () => {
  const [, tag] = /ETag: (\S+)/.exec(await ask('/')) as RegExpExecArray
  assert.match(await ask('/', 'GET', `If-None-Match: ${tag}\r\n`), /^HTTP\/1\.1 304 /)
  writeFileSync(join(folder, 'index.html'), '<p>hello!')
  assert.match(await ask('/', 'GET', `If-None-Match: ${tag}\r\n`), /200 OK[\s\S]*<p>hello!$/)
})

spec('nothing outside of the folder is given, nor what is hidden, however it is spelled', async () => {
  const paths = [
    '/../secret',
    '/sub/../../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/%2e%2e%2fsecret',
    '/..%5csecret',
    '/sub/..%5c..%5csecret',
    '//../secret',
    '/....//secret',
    '/leak',
    '/leaks/secret',
    '/../public-not/secret',
    '/.env',
    '/%2eenv',
    '/sub/../.env',
    '/leak%00.html',
    `${encodeURI(join(home, 'secret'))}`,
    `//${join(home, 'secret')}`,
    'http://x/../secret',
    '/%',
    '/%ff',
    '/%c0%ae%c0%ae/secret',
    '/empty',
    '/index.html/',
    '/sub',
    '/empty/',
    '/none',
    `/${'a'.repeat(5000)}`,
  ]
  for (const path of paths) {
    const answer = await ask(path)
    assert.match(answer, /^HTTP\/1\.1 404 /, path)
    assert.not.match(answer, 'SECRET', path)
    assert.not.match(answer, home, path)
  }
})

spec(
  'a folder that is a link may lead elsewhere later, and nothing of the one before is given then',
  async () => {
    const link = join(home, 'current')
    symlinkSync('public', link)
    server.removeAllListeners('request')
    const root = await WebRoot.open(link)
    server.on('request', (request, response) => void root.answer(request, response))
    assert.match(await ask('/'), '<p>hello')
    rmSync(link)
    symlinkSync('public-next', link)
    assert.match(await ask('/'), /^HTTP\/1\.1 404 /)
    mkdirSync(join(home, 'public-next'))
    writeFileSync(join(home, 'public-next/index.html'), '<p>the next release')
    symlinkSync(join(folder, 'index.html'), join(home, 'public-next/before.html'))
    assert.match(await ask('/'), '<p>the next release')
    assert.match(await ask('/before.html'), /^HTTP\/1\.1 404 /)
  },
)

spec('a folder that is not there is named', async () => {
  for (const bad of [join(home, 'none'), join(home, 'secret')]) {
    const error = await rejection(WebRoot.open(bad))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), `webRoot: ${bad}`)
  }
})

spec.run()
