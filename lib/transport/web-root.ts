/** The page that a browser gets: the files of one folder, and nothing outside of it. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { InvalidOptionError } from '../errors.js'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

interface FoundFile {
  readonly path: string
  readonly size: number
  readonly tag: string
}

export class WebRoot {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws InvalidOptionError where there is no such folder. */
  static async open(folder: string): Promise<WebRoot> {
    const found = await stat(folder).catch(() => undefined)
    if (!found?.isDirectory()) {
      throw new InvalidOptionError('websocket()', 'webRoot', folder, 'a folder that is there')
    }
    return new WebRoot(resolve(folder))
  }

  /** Answers a request. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method } = request
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      refuse(response, 405, 'Only GET and HEAD are answered here.')
      return
    }
    const file = await this.#find(pathOf(request)).catch(() => undefined)
    if (file === undefined) {
      refuse(response, 404, 'There is no such page.')
      return
    }
    response.setHeader('ETag', file.tag)
    // Browsers keep it, and ask each time whether it is still the same.
    response.setHeader('Cache-Control', 'no-cache')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (request.headers['if-none-match'] === file.tag) {
      response.writeHead(304).end()
      return
    }
    response.setHeader('Content-Type', TYPES[extname(file.path).toLowerCase()] ?? 'application/octet-stream')
    response.setHeader('Content-Length', file.size)
    if (method === 'HEAD' || file.size === 0) {
      response.end()
      return
    }
    // Its peer may have gone while the file was looked for.
    if (response.destroyed) return
    // Not more than was promised, should the file grow meanwhile. One that goes or shrinks ends the connection.
    pipeline(createReadStream(file.path, { end: file.size - 1 }), response, () => {})
  }

  /** @returns undefined, or rejects, where there is no such file or it is nobody's business. */
  async #find(pathname: string): Promise<FoundFile | undefined> {
    const parts = decodeURIComponent(pathname).split('/')
    // Hidden files are not for the world, and neither is what '..' leads to.
    if (parts.some((part) => part.startsWith('.') || /[\0\\]/.test(part))) return undefined
    // Without its slash at the end a folder is none: the links of its page would lead elsewhere.
    const page = pathname.endsWith('/') ? 'index.html' : ''
    // Anew each time: it may be a link to the newest release.
    const folder = await realpath(this.#folder)
    const path = await realpath(join(folder, ...parts, page))
    const found = await stat(path)
    // A link may lead out of it.
    if (!found.isFile() || !path.startsWith(folder + (folder.endsWith(sep) ? '' : sep))) return undefined
    return { path, size: found.size, tag: `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"` }
  }
}

/** The path that is asked for, without its query. Servers must take a whole URL, too (RFC 9112, section 3.2.2). */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)
  return path || '/'
}

/** Answers with a status and a few words. */
export function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(`${words}\n`)
}
