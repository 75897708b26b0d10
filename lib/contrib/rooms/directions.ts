/** The ten directions, and how people speak of them. */

interface Words {
  readonly short: string
  /** Where an exit is: 'to the north'. */
  readonly where: string
  /** Where somebody goes who leaves: 'to the north', 'upwards'. */
  readonly leaving: string
  /** Where somebody comes from: 'from the north', 'from above'. */
  readonly from: string
}

function compass(name: string, short: string): Words {
  return { short, where: `to the ${name}`, leaving: `to the ${name}`, from: `from the ${name}` }
}

export const directions = {
  north: compass('north', 'n'),
  south: compass('south', 's'),
  east: compass('east', 'e'),
  west: compass('west', 'w'),
  northeast: compass('northeast', 'ne'),
  northwest: compass('northwest', 'nw'),
  southeast: compass('southeast', 'se'),
  southwest: compass('southwest', 'sw'),
  up: { short: 'u', where: 'up', leaving: 'upwards', from: 'from above' },
  down: { short: 'd', where: 'down', leaving: 'downwards', from: 'from below' },
} as const satisfies Record<string, Words>

export type Direction = keyof typeof directions

/** In the order in which exits are listed. */
export const allDirections = Object.keys(directions) as Direction[]

export function isDirection(name: string): name is Direction {
  return Object.hasOwn(directions, name)
}
