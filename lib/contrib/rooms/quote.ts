/** How a message shows what stands in a room file, which may be anything. */

const LONGEST = 100
// Control characters, those that change the direction of text, and halves of characters.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** In one line, without anything that a terminal obeys. */
export function plain(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return cut.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
