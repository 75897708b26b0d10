/** What a microbenchmark is. Each room's are a file in rooms/, and a row of its index.ts. */

/** Loads a module of the package that is measured: `load('text/splitter.js')`. */
export type Load = (file: string) => Promise<unknown>

export interface Case {
  readonly name: string
  /** How many of what is measured one run does: its time is divided by it. */
  readonly units: number
  /** @returns how many it really did, which is checked: what does nothing is quick. */
  run(): number | Promise<number>
}

export interface Room {
  readonly name: string
  /** What a unit is: `line`. */
  readonly unit: string
  cases(load: Load): Promise<readonly Case[]>
}

/** What a case took: nanoseconds a unit, the median of its runs. */
export interface Measured {
  readonly room: string
  readonly name: string
  readonly unit: string
  readonly nanoseconds: number
}

/** A room that could not be measured, such as one that an earlier revision does not have. */
export interface Failed {
  readonly room: string
  readonly reason: string
}
