/**
 * Names and values that peers claim, made fit to be shown. They end up in logs and on others' screens, so nothing
 * in them may act on a terminal (contract rule 14).
 */
const utf8 = new TextDecoder('utf-8')

/** UTF-8 without control characters (C0, DEL, C1), at most `max` bytes of it. Bad bytes become U+FFFD. */
export function printable(bytes: Uint8Array, max: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return utf8.decode(bytes.subarray(0, max)).replace(/[\u0000-\u001f\u007f-\u009f]/g, '')
}

/** ASCII only. */
export function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}
