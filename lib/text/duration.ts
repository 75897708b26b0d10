/** Spans of time in words: for people, who want to know about how long it was. */

const UNITS: readonly [name: string, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** A span of `ms` milliseconds in its largest whole unit: '3 minutes', '1 day'; less than a second is 'a moment'. */
export function inWords(ms: number): string {
  for (const [name, size] of UNITS) {
    const count = Math.floor(ms / size)
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'a moment'
}
