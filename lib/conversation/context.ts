/**
 * Who speaks: the conversation on whose behalf code runs, however deep in calls and awaits. What a conversation does while
 * it is replayed must reach nobody, whoever it is addressed to; what others do meanwhile must.
 *
 * Following every await costs time on Node before 24, so it is done only while something is replayed, or where the program
 * uses `step` and its like.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * - `live`: what it does is done.
 * - `muted`: it was done before, and is not done again.
 * - `held`: it is done as soon as the others are ready, too.
 */
export type Voice = 'live' | 'muted' | 'held'

/** What a conversation and everything that it has started have in common. */
export class Context {
  /** Where none is written down, the event whose handlers run. */
  readonly conversation: object
  /** The step that runs, where one does: its result is written down as a whole. */
  readonly step: string | undefined
  /** The loop in which it runs; undefined outside of one. */
  readonly loop: object | undefined
  /** What it is a part of: its voice is that of the whole. */
  readonly #whole: Context | undefined
  #voice: Voice
  #held: (() => void)[] = []

  constructor(conversation: object, voice: Voice = 'live', step?: string, loop?: object, whole?: Context) {
    this.conversation = conversation
    this.#voice = voice
    this.step = step
    this.loop = loop
    this.#whole = whole
    if (voice !== 'live') silent += 1
  }

  /** The same conversation, within a loop. */
  within(loop: object): Context {
    return new Context(this.conversation, 'live', this.step, loop, this)
  }

  /** Whether it runs in this loop, or in one that runs in it. */
  isIn(loop: object): boolean {
    return this.loop === loop || (this.#whole?.isIn(loop) ?? false)
  }

  get voice(): Voice {
    return this.#whole?.voice ?? this.#voice
  }

  set voice(voice: Voice) {
    this.#voice = voice
  }

  hold(effect: () => void): void {
    if (this.#whole === undefined) this.#held.push(effect)
    else this.#whole.hold(effect)
  }

  /** From now on what it does is done, what was held first. */
  unmute(): void {
    if (this.voice === 'live') return
    this.voice = 'live'
    silent -= 1
    for (const effect of this.#held.splice(0)) effect()
    forgetIfUnused()
  }
}

/** How many contexts are not live. One that has diverged stays so for as long as the process lives. */
let silent = 0
/** The program uses `step` and its like, so each conversation must be found from within it. */
let always = false
/** Who wants to know of conversations that are live again. */
let followers = 0
let storage: AsyncLocalStorage<Context | undefined> | undefined

/** The program asks for the conversation that it runs in: from now on all of them are followed. */
export function followAlways(): void {
  always = true
  storage ??= new AsyncLocalStorage()
}

/**
 * Whoever was run by `runIn` is followed though all of them are live, until the function that is returned is called. It may be
 * called more than once.
 */
export function keepFollowing(): () => void {
  followers += 1
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    followers -= 1
    forgetIfUnused()
  }
}

/** Whether somebody wants to know whose work it is that handlers begin: see `keepFollowing`. */
export function isFollowed(): boolean {
  return followers > 0
}

/** Whether conversations must be run by `runIn`. */
export function isFollowing(): boolean {
  return always
}

export function runIn<T>(context: Context | undefined, fn: () => T): T {
  storage ??= new AsyncLocalStorage()
  return storage.run(context, fn)
}

export function currentContext(): Context | undefined {
  return storage?.getStore()
}

let fault: { readonly error: unknown; readonly context: Context | undefined } | undefined

/** An error is about to end the process, thrown anew where nobody is known to run: whoever runs now has met it. */
export function noteFault(error: unknown): void {
  fault = { error, context: currentContext() }
}

/** Whose work an error has come of that ends the process. */
export function contextOfFault(error: unknown): Context | undefined {
  const noted = fault
  // The process may survive it, and meet it again elsewhere.
  fault = undefined
  // What is thrown may be undefined, too.
  return noted !== undefined && noted.error === error ? noted.context : currentContext()
}

/** Whether whoever runs now is within a step. */
export function isInStep(): boolean {
  return always && storage?.getStore()?.step !== undefined
}

/** Whether anything is replayed at the moment: where it matters what a closure for `isSilenced` costs. */
export function isAnythingSilent(): boolean {
  return silent > 0
}

/**
 * Whether whoever runs now may not do something that others would notice.
 *
 * @param effect does it later, where that is not too late.
 */
export function isSilenced(effect: () => void): boolean {
  if (silent === 0) return false
  const context = storage?.getStore()
  if (context === undefined || context.voice === 'live') return false
  if (context.voice === 'held') context.hold(effect)
  return true
}

/** Whoever runs now does again what was done before, in another process. */
export function isRepeated(): boolean {
  return isSilenced(() => {})
}

/** Does what others would notice: now, later, or not at all, as whoever runs now may. */
export function unlessSilenced(effect: () => void): void {
  if (!isSilenced(effect)) effect()
}

function forgetIfUnused(): void {
  if (always || followers > 0 || silent > 0) return
  storage?.disable()
  storage = undefined
}
