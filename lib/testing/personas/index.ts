/** Scripted telnet clients, each with the manners of a real one. */
export { connectAs } from './connect-as.js'
export * as personas from './known.js'
export type { Manners } from './manners.js'
export { Persona, type PersonaOptions } from './persona.js'
