/** Durations, rates and figures, as people type and read them. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `30s`, `500ms`, `1m30s`, or a number of seconds; in milliseconds, undefined where it is none of these. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] as number), 0)
}

/** `500/s`, `30000/m`, or a number a second; a second, undefined where it is none of these or nothing. */
export function parseRate(text: string): number | undefined {
  const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/(ms|s|m|h))?$/.exec(text) ?? []
  const rate = (Number(count) * 1_000) / (UNITS[unit] as number)
  return rate > 0 ? rate : undefined
}

/** A whole number above 0. */
export function parseCount(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

/** `12,345`. */
export function inThousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** A rate a second: with a digit behind the point where it is small. */
export function rateInWords(value: number): string {
  return `${value < 100 ? String(Math.round(value * 10) / 10) : inThousands(value)}/s`
}

/** Milliseconds as a time of three digits and its unit: `0.052 ms`, `12.3 ms`, `4.25 s`. */
export function timeInWords(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms >= 60_000) return `${inThousands(ms / 1_000)} s`
  if (ms >= 1_000) return `${digits(ms / 1_000)} s`
  return `${digits(ms)} ms`
}

function digits(value: number): string {
  if (value >= 100) return String(Math.round(value))
  if (value >= 10) return value.toFixed(1)
  return value >= 1 ? value.toFixed(2) : value.toFixed(3)
}
