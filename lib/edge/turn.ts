/**
 * A turn: everything that one turn of a worker's executor did, as one frame. The edge applies it whole or not at all, so
 * what clients see and what is remembered of them never disagree.
 */
import { ByteReader, ByteWriter, FrameError } from './bytes.js'
import { finishTurn, HEAD_SIZE, type Position } from './frames.js'

const RECORD = {
  position: 1,
  state: 2,
  output: 3,
  broadcast: 4,
  end: 5,
  destroy: 6,
  keep: 7,
  forget: 8,
  journal: 9,
  release: 10,
}

export type TurnRecord =
  | ({ readonly type: 'position'; readonly connection: number } & Position)
  /** `busy`: a handler is at work on its input. */
  | { readonly type: 'state'; readonly connection: number; readonly busy: boolean; readonly state: Buffer }
  | { readonly type: 'output'; readonly connection: number; readonly bytes: Buffer }
  | { readonly type: 'broadcast'; readonly connections: readonly number[]; readonly bytes: Buffer }
  /** Closes when all output has left (`end`), or at once (`destroy`); the worker has done with it (`release`). */
  | { readonly type: 'end' | 'destroy' | 'release'; readonly connection: number }
  /** The first `keep` bytes of the journal stay, and `text` follows them. */
  | { readonly type: 'journal'; readonly connection: number; readonly keep: number; readonly text: Buffer }
  /** What is not one client's: stored objects, ids. */
  | { readonly type: 'keep'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'forget'; readonly key: string }

/** Gathers the records of a turn. */
export class TurnWriter {
  readonly #bytes = new ByteWriter()

  constructor() {
    this.#begin()
  }

  get empty(): boolean {
    return this.#bytes.length === HEAD_SIZE
  }

  position(connection: number, { acknowledged, seen, taken }: Position): void {
    this.#record(RECORD.position, connection)
    this.#bytes.u32(acknowledged)
    this.#bytes.u32(seen)
    this.#bytes.u32(taken)
  }

  state(connection: number, busy: boolean, state: string | Uint8Array): void {
    this.#record(RECORD.state, connection)
    this.#bytes.u8(busy ? 1 : 0)
    this.#bytes.block(state)
  }

  journal(connection: number, keep: number, text: string | Uint8Array): void {
    this.#record(RECORD.journal, connection)
    this.#bytes.u32(keep)
    this.#bytes.block(text)
  }

  output(connection: number, data: string | Uint8Array): void {
    this.#record(RECORD.output, connection)
    this.#bytes.block(data)
  }

  broadcast(connections: readonly number[], data: string | Uint8Array): void {
    this.#record(RECORD.broadcast, connections.length)
    for (const connection of connections) this.#bytes.u32(connection)
    this.#bytes.block(data)
  }

  end(connection: number): void {
    this.#record(RECORD.end, connection)
  }

  destroy(connection: number): void {
    this.#record(RECORD.destroy, connection)
  }

  release(connection: number): void {
    this.#record(RECORD.release, connection)
  }

  keep(key: string, value: string | Uint8Array): void {
    this.#bytes.u8(RECORD.keep)
    this.#bytes.block(key)
    this.#bytes.block(value)
  }

  forget(key: string): void {
    this.#bytes.u8(RECORD.forget)
    this.#bytes.block(key)
  }

  /** The turn as a frame; the next one begins. */
  finish(): Buffer {
    const frame = finishTurn(this.#bytes)
    this.#begin()
    return frame
  }

  /** With room for the frame's head. */
  #begin(): void {
    for (let i = 0; i < HEAD_SIZE; i++) this.#bytes.u8(0)
  }

  #record(type: number, number: number): void {
    this.#bytes.u8(type)
    this.#bytes.u32(number)
  }
}

/**
 * All records of a turn, before any of them is applied.
 *
 * @throws FrameError where one of them makes no sense: then none is to be applied.
 */
export function readTurn(bytes: Buffer): TurnRecord[] {
  const reader = new ByteReader(bytes)
  const records: TurnRecord[] = []
  while (!reader.atEnd) records.push(readRecord(reader))
  return records
}

function readRecord(reader: ByteReader): TurnRecord {
  const type = reader.u8()
  switch (type) {
    case RECORD.position:
      return {
        type: 'position',
        connection: reader.u32(),
        acknowledged: reader.u32(),
        seen: reader.u32(),
        taken: reader.u32(),
      }
    case RECORD.state:
      return { type: 'state', connection: reader.u32(), busy: reader.u8() !== 0, state: reader.block() }
    case RECORD.journal:
      return { type: 'journal', connection: reader.u32(), keep: reader.u32(), text: reader.block() }
    case RECORD.output:
      return { type: 'output', connection: reader.u32(), bytes: reader.block() }
    case RECORD.broadcast: {
      const count = reader.u32()
      const connections: number[] = []
      // Each is read, and so checked against the frame's end, before the next: a wrong count costs nothing.
      for (let i = 0; i < count; i++) connections.push(reader.u32())
      return { type: 'broadcast', connections, bytes: reader.block() }
    }
    case RECORD.end:
      return { type: 'end', connection: reader.u32() }
    case RECORD.destroy:
      return { type: 'destroy', connection: reader.u32() }
    case RECORD.release:
      return { type: 'release', connection: reader.u32() }
    case RECORD.keep:
      return { type: 'keep', key: reader.text(), value: reader.block() }
    case RECORD.forget:
      return { type: 'forget', key: reader.text() }
    default:
      throw new FrameError(`a turn has a record of unknown type ${type}`)
  }
}
