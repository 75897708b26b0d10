/** A logger that keeps what it is told, to be handed to a service as the setting `log`. */

export interface Record {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly channel: string
  readonly message: string
  readonly fields: { readonly [name: string]: unknown }
}

type Write = (fields: object, message?: string) => void

export class Records {
  readonly all: Record[]
  readonly #channel: string
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write

  constructor(all: Record[] = [], channel = '') {
    this.all = all
    this.#channel = channel
    const writer =
      (level: Record['level']): Write =>
      (fields, message = '') =>
        void this.all.push({ level, channel: this.#channel, message, fields: fields as Record['fields'] })
    this.debug = writer('debug')
    this.info = writer('info')
    this.warn = writer('warn')
    this.error = writer('error')
  }

  child({ channel }: { [name: string]: unknown }): Records {
    return new Records(this.all, String(channel))
  }

  /** Warnings and errors. */
  get problems(): Record[] {
    return this.all.filter(({ level }) => level === 'warn' || level === 'error')
  }
}
