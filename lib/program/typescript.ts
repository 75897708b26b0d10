/**
 * Makes this process able to import TypeScript: by tsx where the program's project has it, since that knows all of the
 * language; else by Node itself, which from 22.18 on takes the types away.
 */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { ProgramError } from './errors.js'

export function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path)
}

/** Whether and how Node itself takes types away; not there in a Node that has never heard of it. */
interface Features {
  readonly typescript?: 'strip' | 'transform' | false
}

/**
 * @param path the program, absolute: tsx is looked for from its folder upwards.
 * @throws ProgramError
 */
export async function prepareTypeScript(
  path: string,
  { typescript = false }: Features = process.features as Features,
): Promise<void> {
  const tsx = findTsx(path)
  // What `node --import tsx` does. tsx's own programming interface cannot be resolved from another folder on Node 20.
  if (tsx !== undefined) await import(pathToFileURL(tsx).href)
  else if (typescript === false) {
    throw new ProgramError(
      `${path} is TypeScript, which Node ${process.versions.node} can't run by itself. ` +
        `Install tsx in its project (npm install tsx), or use Node 22.18 or later.`,
    )
  }
}

function findTsx(path: string): string | undefined {
  try {
    return createRequire(path).resolve('tsx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
