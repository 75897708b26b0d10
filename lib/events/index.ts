/** The namespace that programs import as `events`. */
export * from './catalogue.js'
export { Event, type EventClass } from './event.js'
