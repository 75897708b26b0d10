/**
 * Text for people: colours, styles, rules, wrapping, and words for durations and lists. The subpath `mara-ts/styles`.
 *
 *     client.write(bold`Hello ${red(name)}`, green('ok'), hr('News'), `Here: ${listInWords(names)}`)
 */
export { durationInWords, listInWords } from '../words.js'
export { hr, type Rule, type RuleOptions, rules, wrap } from './blocks.js'
export * from './catalogue.js'
export { InvalidStyleError } from './errors.js'
export type { ColourDepth } from './look.js'
export type { WrapOptions } from './node.js'
export { Rendering, type RenderOptions, render } from './render.js'
export { compose, type Style } from './style.js'
export { type Content, isStyled, type Styled } from './styled.js'
