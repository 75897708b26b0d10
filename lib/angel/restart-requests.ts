/** Those who have asked for a restart: all of them get the same one, and are told how it went. */
import { RestartFailedError } from '../runtime/errors.js'

/** How a restart went. */
export interface Restarted {
  /** The process that serves now. */
  readonly worker: number
  /** Milliseconds for which clients waited. */
  readonly pause: number
  /** Milliseconds from the request to its end. */
  readonly took: number
}

interface Request {
  readonly since: number
  resolve(restarted: Restarted): void
  reject(error: RestartFailedError): void
}

export class RestartRequests {
  #requests: Request[] = []

  add(now: number): Promise<Restarted> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ since: now, resolve, reject })
    })
  }

  succeeded(restarted: Omit<Restarted, 'took'>, now: number): void {
    for (const { since, resolve } of this.#requests.splice(0)) resolve({ ...restarted, took: now - since })
  }

  failed(reason: string): void {
    for (const request of this.#requests.splice(0)) request.reject(new RestartFailedError(reason))
  }
}
