import type { BenchReport } from './report.js'
export function htmlReport(report: BenchReport): string {
  return JSON.stringify(report)
}
