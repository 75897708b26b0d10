/** Where conversations are played, and processes are replaced in the middle of them. */
import type { Duplex } from 'node:stream'

/** What is played on: services in memory, or processes. */
export interface Theatre {
  accept(duplex: Duplex): void
  start(): Promise<void>
  restart(): Promise<void>
  crash(): Promise<void>
  stop(): Promise<void>
  /**
   * Resolves when all that is under way has come to an end, such as what telnet agrees on behind everybody's back.
   *
   * @param isMoment a process is about to be replaced, or the play is over. Otherwise a theatre for which it takes time may
   * go on at once.
   */
  settle(isMoment?: boolean): Promise<void>
}
