/**
 * What `mara init` can make. A template is a folder in files/, which goes into the package as it stands, and a row
 * here.
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Template {
  readonly name: string
  /** In one line, what the service does. */
  readonly summary: string
  /** The command that talks to the service once it runs. */
  readonly tryIt: string
  /** Packages that its program imports, besides this one. */
  readonly packages?: readonly string[]
}

export const defaultTemplate: Template = {
  name: 'chat',
  summary: 'a chat room: everyone gives a name, and all hear what one says',
  tryIt: 'telnet 127.0.0.1 9000',
}

export const templates: readonly Template[] = [
  defaultTemplate,
  {
    name: 'echo',
    summary: 'every line comes back: the smallest service there is',
    tryIt: 'telnet 127.0.0.1 9000',
  },
  {
    name: 'talker',
    summary: 'a talker: accounts with passwords, admins, and commands by which people talk',
    tryIt: 'telnet 127.0.0.1 9000',
  },
  {
    name: 'mud',
    summary: 'a small MUD: people walk through rooms, which are written in YAML',
    tryIt: 'telnet 127.0.0.1 9000',
    packages: ['zod'],
  },
]

const root = fileURLToPath(new URL('./files/', import.meta.url))

/** The template's files by their path, with `/` between. */
export async function templateFiles({ name }: Template): Promise<Map<string, string>> {
  const folder = path.join(root, name)
  const files = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    files.set(path.relative(folder, file).replaceAll('\\', '/'), await readFile(file, 'utf8'))
  }
  return files
}
