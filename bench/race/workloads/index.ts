/** The workloads, in the order in which they are run and shown. A new one is a file here and a row below. */
import { broadcast } from './broadcast.js'
import { connections } from './connections.js'
import { crowd } from './crowd.js'
import { idle } from './idle.js'
import { inFlight } from './in-flight.js'
import { login } from './login.js'
import { nullRace } from './null.js'
import { oneAtATime } from './one-at-a-time.js'
import { telnet } from './telnet.js'
import type { Workload } from './workload.js'

export const workloads: readonly Workload[] = [
  ...oneAtATime,
  inFlight,
  ...telnet,
  login,
  ...broadcast,
  idle,
  connections,
  crowd,
  ...nullRace,
]
