/** Puts things of different widths side by side as long as they fit, and the next ones below, in their order. */
export function intoShelves<T extends { readonly width: number }>(
  things: readonly T[],
  width: number,
  gap: number,
): T[][] {
  const shelves: T[][] = []
  let free = 0
  for (const thing of things) {
    const shelf = shelves.at(-1)
    if (shelf !== undefined && thing.width + gap <= free) {
      shelf.push(thing)
      free -= thing.width + gap
    } else {
      shelves.push([thing])
      free = width - thing.width
    }
  }
  return shelves
}
