/**
 * Rooms: places that people walk through, look at and talk in. The subpath `mara-ts/contrib/rooms`.
 */
export {
  Bring,
  Go,
  Goto,
  ListExits,
  RoomLook,
  roomCommands,
  Where,
} from './commands.js'
export { allDirections, type Direction, directions, isDirection } from './directions.js'
export { ExitError, WorldError } from './errors.js'
export { RoomConnect, RoomDisconnect } from './flows.js'
export type { ExitPlan, GuardPlan, RoomPlan, WorldPlan } from './plan.js'
export { type AnyRoom, type AnyRoomUser, BaseRoom, type ExitTarget, type Visit, withRoom } from './room.js'
export {
  type Guard,
  type Passage,
  type RoomFields,
  World,
  type WorldOptions,
} from './world.js'
