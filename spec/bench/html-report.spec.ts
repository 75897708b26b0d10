// time limit: 300 s
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { htmlReport } from '../../lib/bench/html-report.js'
import type { BenchReport } from '../../lib/bench/report.js'
import { folder } from '../cli/support.js'
import { chromium as findChromium } from '../support/browser.js'
import { measure, planFor, serving } from './support.js'

const spec = suite('bench/html-report')

const EVIL = '</title></svg><script>document.title="owned"</script><img src=x onerror=alert(1)>'

/** A run against a service that answers, and then turns everybody away with garbage. */
function badRun(): Promise<BenchReport> {
  let answers = 0
  const answer = (line: string, socket: import('node:net').Socket): void => {
    answers += 1
    if (answers <= 200) socket.write(`${line}\r\n`)
    else socket.end(`${EVIL}\r\n`)
  }
  return serving({ answer }, ({ port }) =>
    measure(planFor(port, { clients: 20, ramp: 100, duration: 3_000, line: EVIL, targetText: EVIL })),
  )
}

spec('nothing that a service or an option says becomes markup', async () => {
  const page = htmlReport(await badRun())
  assert.not.match(page, /<script|<img|onerror=alert\(1\)>/)
  assert.ok(page.includes('&lt;script&gt;'))
})

const path = findChromium()
if (path !== undefined) {
  spec('a browser without a network shows its plots', async () => {
    const file = join(folder(), 'report.html')
    writeFileSync(file, htmlReport(await badRun()))
    const browser = await chromium.launch({
      executablePath: path,
      // Its own sandbox needs rights that a container seldom has; the page is the spec's own.
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
    try {
      const context = await browser.newContext({ offline: true })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('console', (message) => problems.push(message.text()))
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('dialog', (dialog) => void dialog.dismiss().then(() => problems.push('a dialog')))
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.goto(`file://${file}`)
      const titles = await page.locator('figure h2').allTextContents()
      assert.equal(titles, ['Throughput', 'Latency over time', 'Latency by percentile', 'Clients'])
      for (const title of titles) {
        const figure = page.locator('figure', {
          has: page.locator('h2', { hasText: new RegExp(`^${title}$`) }),
        })
        const box = await figure.locator('svg').boundingBox()
        assert.ok(box !== null && box.width > 400 && box.height > 100, `${title} has no size`)
        const line = await figure.locator('path.line0').boundingBox()
        assert.ok(line !== null && line.width > 50, `${title} has no line`)
        assert.not.match((await figure.locator('svg').innerHTML()) as string, /NaN|Infinity|undefined/)
        assert.ok((await figure.locator('svg > text').count()) >= 4, `${title} has no axes`)
      }
      assert.not.equal(await page.title(), 'owned')
      assert.equal(problems, [])
      assert.equal(asked, [`file://${file}`])
      const shot = process.env.MARA_SCREENSHOT
      if (shot !== undefined) await page.screenshot({ path: shot, fullPage: true })
    } finally {
      await browser.close()
    }
  })
}

spec.run()
