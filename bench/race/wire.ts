/**
 * What goes over the wire in the race, byte by byte: the same for every peer, and checked by the load. Lines end in CR LF
 * both ways.
 */

/**
 * - `echo`: each line is answered by the same line.
 * - `telnet`: the same, with a telnet NOP inside each line that the client sends, which no answer may show. The first line
 *   comes alone, and before its answer a server may ask what it likes by telnet, which is not compared.
 * - `greet`: a line of greeting at the connection, then as `echo`.
 * - `login`: five prompts, one after the other; a line of welcome; then as `echo` until `quit`, at which the server closes.
 * - `broadcast`: a line of greeting; then each line goes to every client, the one that sent it included.
 */
export type Wire = 'echo' | 'telnet' | 'greet' | 'login' | 'broadcast'

export const GREETING = 'Welcome'
export const PROMPTS: readonly string[] = ['Name: ', 'City: ', 'Age: ', 'Colour: ', 'Motto: ']
export const QUIT = 'quit'
/** IAC NOP. */
export const NOP: Uint8Array = Uint8Array.of(0xff, 0xf1)

export function welcome(answers: readonly string[]): string {
  return `Welcome, ${answers.join(' ')}.`
}

/** A line of 34 characters that no other client sends, and this one not twice in a row. */
export function lineOf(client: number, number: number): string {
  return `client ${pad(client, 5)} says: line number ${pad(number, 4)}`
}

export function answersOf(client: number): string[] {
  return [`ann${pad(client, 5)}`, 'rome', '30', 'grey', 'carry on']
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, '0').slice(-width)
}
