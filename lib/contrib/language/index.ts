/**
 * English for services where people act: socials, pronouns, verbs. The subpath `mara-ts/contrib/language`.
 *
 * Plain functions on plain data; nothing here knows clients or services.
 */
export {
  DirectedAction,
  type DirectedActionOptions,
  directedAction,
  type Person,
} from './directed-action.js'
export {
  formatPronouns,
  he,
  it,
  PRONOUN_WORD,
  type Pronouns,
  parsePronouns,
  she,
  they,
  you,
} from './pronouns.js'
export { type Socials, socials } from './socials.js'
export { thirdPersonOf } from './verbs.js'
