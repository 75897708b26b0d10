/** The names that someone who wrote another one probably meant. */
import leven from 'leven'

/** Names longer than this are not compared: it would take too long, and no command is called so. */
const LONGEST = 40
const MOST = 3

/** Up to three of `names`, nearest first; none where none is near. */
export function nearNames(name: string, names: Iterable<string>): string[] {
  if (name.length > LONGEST) return []
  // Enough to forgive two letters swapped; beyond a third of the name it is another word.
  const most = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3))
  return (
    [...names]
      .map((candidate) => ({ candidate, distance: leven(name, candidate) }))
      // Half of a short word is another word, unless it has the same letters.
      .filter(
        ({ candidate, distance }) =>
          distance <= most &&
          distance < candidate.length &&
          (distance === 1 || distance * 2 < candidate.length || sorted(candidate) === sorted(name)),
      )
      .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
      .slice(0, MOST)
      .map(({ candidate }) => candidate)
  )
}

function sorted(word: string): string {
  return [...word].sort().join('')
}
