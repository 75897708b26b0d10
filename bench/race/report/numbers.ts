/** How figures are written. */

/** Three digits that mean something, and commas: 123,000. */
export function count(figure: number): string {
  const rounded = Number(figure.toPrecision(3))
  return rounded.toLocaleString('en', { maximumFractionDigits: rounded < 100 ? 1 : 0 })
}

export function factor(figure: number): string {
  return figure.toFixed(2)
}

export function microseconds(figure: number): string {
  return `${figure.toFixed(figure < 10 ? 2 : figure < 100 ? 1 : 0)} µs`
}

export function milliseconds(figure: number): string {
  return `${figure.toFixed(figure < 10 ? 2 : 0)} ms`
}

export function byMemory(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`
}
