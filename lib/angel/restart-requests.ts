/** Those who have asked for a restart: all of them get the same one, and are told how it went. */
import { RestartFailedError } from './errors.js'

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
  resolve(restarted: Omit<Restarted, 'took'>): void
  reject(error: RestartFailedError): void
}

export class RestartRequests {
  #requests: Request[] = []

  add(now: number): Promise<Restarted> {
    return new Promise((resolve, reject) => {
      this.#requests.push({
        since: now,
        resolve: (restarted) => resolve({ ...restarted, took: Date.now() - now }),
        reject,
      })
    })
  }

  succeeded(restarted: Omit<Restarted, 'took'>): void {
    for (const request of this.#requests.splice(0)) request.resolve(restarted)
  }

  failed(reason: string): void {
    for (const request of this.#requests.splice(0)) request.reject(new RestartFailedError(reason))
  }
}
