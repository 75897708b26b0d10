/**
 * Colours and styles for what is written to clients: the subpath `mara-ts/styles`.
 *
 *     client.write(bold`Hello ${red(name)}`, green('ok'), hr())
 */
export { hr, wrap } from './blocks.js'
export * from './catalogue.js'
export { InvalidStyleError } from './errors.js'
export type { ColourDepth } from './look.js'
export { Rendering, type RenderOptions, render } from './render.js'
export { compose, type Style } from './style.js'
export { type Content, isStyled, type Styled, type WrapOptions } from './styled.js'
