/**
 * The longest text that `fn` normalizes, in code units. To sort the accents of one letter takes the square of their number,
 * so a line of 64 KiB must not be normalized whole.
 */
export async function longestNormalized(fn: () => unknown): Promise<number> {
  const { normalize } = String.prototype
  let longest = 0
  String.prototype.normalize = function (form) {
    longest = Math.max(longest, this.length)
    return normalize.call(this, form)
  }
  try {
    await fn()
  } finally {
    String.prototype.normalize = normalize
  }
  return longest
}
