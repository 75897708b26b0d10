/**
 * The name that someone who wrote another one probably meant.
 */
import { closestMatch } from 'leven'

// `max-line-length` and `MAXLINELENGTH` are spellings of `maxLineLength`, not mistakes in it.
const fold = (name: string) => name.replace(/[-_]/g, '').toLowerCase()

/** The nearest of `names`, or undefined where none is near. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const folded = new Map([...names].map((candidate) => [fold(candidate), candidate]))
  const wanted = fold(name)
  // Long enough to forgive two letters swapped; beyond a third of the name it is another word.
  const maxDistance = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  const match = closestMatch(wanted, [...folded.keys()], { maxDistance })
  return match === undefined ? undefined : folded.get(match)
}
