/** The ten directions, and how people speak of them. */

interface Words<Opposite extends string = string> {
  readonly short: string
  /** Where the way back is expected. */
  readonly opposite: Opposite
  /** Where an exit is: 'to the north'. */
  readonly where: string
  /** Where somebody goes who leaves: 'to the north', 'upwards'. */
  readonly leaving: string
  /** Where somebody comes from: 'from the north', 'from above'. */
  readonly from: string
}

function compass<const Opposite extends string>(
  name: string,
  short: string,
  opposite: Opposite,
): Words<Opposite> {
  return { short, opposite, where: `to the ${name}`, leaving: `to the ${name}`, from: `from the ${name}` }
}

export const directions = {
  north: compass('north', 'n', 'south'),
  south: compass('south', 's', 'north'),
  east: compass('east', 'e', 'west'),
  west: compass('west', 'w', 'east'),
  northeast: compass('northeast', 'ne', 'southwest'),
  northwest: compass('northwest', 'nw', 'southeast'),
  southeast: compass('southeast', 'se', 'northwest'),
  southwest: compass('southwest', 'sw', 'northeast'),
  up: { short: 'u', opposite: 'down', where: 'up', leaving: 'upwards', from: 'from above' },
  down: { short: 'd', opposite: 'up', where: 'down', leaving: 'downwards', from: 'from below' },
} as const satisfies Record<string, Words>

export type Direction = keyof typeof directions

/** In the order in which exits are listed. */
export const allDirections = Object.keys(directions) as Direction[]

export function isDirection(name: string): name is Direction {
  return Object.hasOwn(directions, name)
}
