/** Keeps a pipe to a reader that stands still from stopping this process. */

/** What Node has no public name for. */
interface Piped {
  readonly isTTY?: boolean | undefined
  readonly _handle?: { setBlocking?(blocking: boolean): unknown } | null
}

/**
 * Has a pipe or socket buffer what its reader does not take; nothing else is changed. Node does so from the first, but to
 * start a process that inherits the pipe makes it block, for all processes that have it: so this is called after that, and
 * before each write, since a program may start processes, too.
 */
export function keepFromBlocking(stream: object): void {
  const { isTTY, _handle: handle } = stream as Piped
  if (!isTTY) handle?.setBlocking?.(false)
}
