// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { socketPath } from '../../lib/program/socket-path.js'
import { folder } from '../cli/support.js'
import { times } from '../support/soak.js'
import { children, crowd, fixture, type Guarded, guarded, problems } from './support.js'

const test = suite('angel/leaks')

const RESTARTS = times(20, 1_000)
/** After so many, all that is kept once is there. */
const WARM_UP = 10
/** Where these processes alone put their temporary files. */
const TEMPORARY = folder()
/** A young generation that can't grow: doubling it, at whatever time, looks like a leak. */
const NODE_OPTIONS = '--max-semi-space-size=1'

interface Holdings {
  /** Descriptors of the angel's. */
  readonly descriptors: number
  /** Of the worker's. */
  readonly served: number
  readonly children: number
  readonly controlFiles: string[]
  readonly temporary: string[]
  readonly megabytes: number
}

async function holdings(service: Guarded): Promise<Holdings> {
  const { angel, worker } = await service.status()
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${angel}/status`, 'utf8'))?.[1]
  return {
    descriptors: readdirSync(`/proc/${angel}/fd`).length,
    served: readdirSync(`/proc/${worker}/fd`).length,
    children: children(angel).length,
    controlFiles: readdirSync(path.dirname(socketPath(service.file, 'control'))),
    temporary: readdirSync(TEMPORARY, { recursive: true }) as string[],
    megabytes: Number(resident) / 1024,
  }
}

/** The old process has ended, too. */
async function settled(service: Guarded): Promise<Holdings> {
  for (;;) {
    const found = await holdings(service)
    if (found.children === 1) return found
    await pause(50)
  }
}

test(`${RESTARTS} restarts leave no process, descriptor, file or memory behind`, () =>
  guarded(
    fixture('count'),
    async (service) => {
      const counters = await crowd(service.port, 20)
      for (const counter of counters) counter.talk()
      // Some come and go all the while.
      const passing = async (): Promise<void> => {
        for (const counter of await crowd(service.port, 3)) counter.close()
      }
      const restart = async (times: number): Promise<void> => {
        for (let i = 0; i < times; i++) await Promise.all([service.restart(), passing()])
      }
      await restart(WARM_UP)
      const before = await settled(service)
      await restart(RESTARTS - WARM_UP)
      for (const counter of counters) await counter.quiet()
      const after = await settled(service)
      assert.equal(problems(counters), [])
      assert.is((await service.status()).connections, 20)
      assert.is(after.descriptors, before.descriptors)
      assert.is(after.served, before.served)
      assert.equal(after.controlFiles, before.controlFiles)
      assert.equal(after.temporary, before.temporary)
      assert.ok(
        after.megabytes < before.megabytes + 12,
        `${before.megabytes} MB grew to ${after.megabytes} MB`,
      )
      assert.is((await service.status()).restarts, RESTARTS)
      for (const counter of counters) counter.close()
    },
    [],
    { TMPDIR: TEMPORARY, NODE_OPTIONS },
  ))

test.run()
