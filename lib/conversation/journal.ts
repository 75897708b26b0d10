/**
 * What is written down of a client's conversation, as lines of text: first which handler it is and what it began with, then
 * each question that it asked and what it was given. It grows at its end, may be cut back to a mark, and only what is new
 * goes over the wire.
 */
import type { ErrorRecord } from './errors.js'

/** What a question is, beside its number. */
export interface Asked {
  /** Another process must ask the same in the same place: 'line', 'password', 'step: roll the dice'. */
  readonly kind: string
  /** What tells questions of a kind apart for people. A new version may ask in other words. */
  readonly hint?: string | undefined
  /** When waiting for an answer ends, in milliseconds since the epoch. */
  readonly deadline?: number | undefined
}

/** A question, numbered in the order in which the handler asks. */
export type Question = readonly [type: '?', number: number, kind: string, hint?: string, deadline?: number]

/** A line; a chunk in base64; either of them, sealed, since it was typed hidden. */
export type LineAnswer = readonly [type: 'line' | 'bytes' | 'sealed', number: number, text: string]

/** What a question was answered with. */
export type Answer =
  | LineAnswer
  | readonly [type: 'timeout' | 'end', number: number]
  | readonly [type: 'abort' | 'failed', number: number, error: ErrorRecord]
  /** The result of a step, as `encode` gave it. */
  | readonly [type: 'done', number: number, value: string]

/** What was looked up at once, such as the time: a question and its answer in one. */
export type Value = readonly [type: 'value', number: number, kind: string, value: number]

/** Where an endless conversation stands. */
export type LoopState = readonly [type: 'state', number: number, value: string]

/** The handler has taken its question back. */
export type Withdrawn = readonly [type: 'withdrawn', number: number]

export type JournalRecord = Question | Answer | Value | LoopState | Withdrawn

/** A journal as another process has left it. */
export interface SavedJournal {
  /** What the conversation is, and what it began with. */
  readonly head: unknown
  /** Bytes of the head's line. */
  readonly headLength: number
  readonly records: readonly JournalRecord[]
}

/** A change of the text: the bytes up to `keep` stay, and `text` follows them. */
export interface JournalChange {
  readonly keep: number
  readonly text: string
}

interface Line {
  readonly text: string
  /** Where it ends, in bytes from the beginning. */
  readonly end: number
}

export class Journal {
  /** Lines that nobody has been told of. */
  #news: Line[] = []
  /** Bytes in all. */
  #length = 0
  /** How many of the bytes that were told are still true. */
  #keep = 0
  /** How many bytes were told. */
  #told = 0

  /** @param length bytes that are there already, from another process. */
  constructor(length = 0) {
    this.#length = length
    this.#keep = length
    this.#told = length
  }

  get length(): number {
    return this.#length
  }

  add(line: object): void {
    const text = `${JSON.stringify(line)}\n`
    this.#length += Buffer.byteLength(text)
    this.#news.push({ text, end: this.#length })
  }

  /** Cuts it back to a length that it had before. */
  cut(length: number): void {
    while (this.#news.length > 0 && (this.#news.at(-1) as Line).end > length) this.#news.pop()
    this.#length = length
    this.#keep = Math.min(this.#keep, length)
  }

  /** What has changed since the last call; undefined where nothing has. */
  take(): JournalChange | undefined {
    if (this.#news.length === 0 && this.#keep === this.#told) return undefined
    const change = { keep: this.#keep, text: this.#news.map(({ text }) => text).join('') }
    this.#news = []
    this.#told = this.#length
    this.#keep = this.#length
    return change
  }
}

/** @param hide seals what was typed hidden; undefined where it was not. */
export function lineAnswer(
  number: number,
  item: string | Uint8Array,
  hide: ((text: string) => string) | undefined,
): LineAnswer {
  const type = typeof item === 'string' ? 'line' : 'bytes'
  const text = typeof item === 'string' ? item : Buffer.from(item).toString('base64')
  return hide === undefined ? [type, number, text] : ['sealed', number, hide(JSON.stringify([type, text]))]
}

/** The line or chunk of an answer. */
export function itemOf([type, , text]: LineAnswer, unseal: (text: string) => string): string | Uint8Array {
  const [kind, item] = type === 'sealed' ? JSON.parse(unseal(text)) : [type, text]
  return kind === 'bytes' ? new Uint8Array(Buffer.from(item, 'base64')) : item
}

function isLine(record: JournalRecord): record is LineAnswer {
  return record[0] === 'line' || record[0] === 'bytes' || record[0] === 'sealed'
}

/**
 * A journal before its last line was given, and that line; undefined where it has none.
 *
 * @throws SyntaxError where it is no journal.
 */
export function takeBack(text: string): { text: string; answer: LineAnswer } | undefined {
  const { records } = readJournal(text)
  const index = records.findLastIndex(isLine)
  if (index === -1) return undefined
  return { text: firstRecords(text, index), answer: records[index] as LineAnswer }
}

/**
 * A journal up to its last answer; undefined where it has none, or where the state of a loop came after that.
 *
 * @throws SyntaxError where it is no journal.
 */
export function upToLastAnswer(text: string): string | undefined {
  const { records } = readJournal(text)
  const index = records.findLastIndex(([type]) => !OTHERS.has(type))
  const isLoop = records.slice(index + 1).some(([type]) => type === 'state')
  return index === -1 || isLoop ? undefined : firstRecords(text, index + 1)
}

/** Records that are no answers. */
const OTHERS: ReadonlySet<JournalRecord[0]> = new Set(['?', 'value', 'state', 'withdrawn'])

function firstRecords(text: string, count: number): string {
  // The head has a line of its own, before all records.
  const lines = text.split('\n').slice(0, count + 1)
  return `${lines.join('\n')}\n`
}

/** @throws SyntaxError where it is no journal. */
export function readJournal(text: string): SavedJournal {
  const [head, ...records] = text.split('\n')
  if (head === undefined || records.pop() !== '') throw new SyntaxError('the journal has no end')
  return {
    head: JSON.parse(head),
    headLength: Buffer.byteLength(head) + 1,
    records: records.map((line) => JSON.parse(line) as JournalRecord),
  }
}
