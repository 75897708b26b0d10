/** The load, a process of its own: `node load/main.js JOB`, the job as JSON. Prints one sample as JSON, and ends. */
import { broadcasts } from './broadcasts.js'
import { connections, idle } from './connections.js'
import type { Job, Kind, Sample } from './job.js'
import { lines } from './lines.js'
import { logins } from './logins.js'
import { Work } from './work.js'

const KINDS: Record<Exclude<Kind, 'idle'>, (job: Job, work: Work) => Promise<void>> = {
  lines,
  logins,
  broadcasts,
  connections,
}

const job: Job = JSON.parse(process.argv[2] as string)

function failed(error: Error): void {
  console.error(`The load: ${error.name === 'WireError' ? error.message : (error.stack ?? error)}`)
  process.exit(1)
}

/** Resolves with the sample once the clients have worked for long enough. */
async function measured(): Promise<Sample> {
  const work = new Work(failed)
  if (job.kind === 'idle') {
    work.begin(job.server)
    const memory = await idle(job, work)
    return { ...work.end(job.server), count: job.clients, memory }
  }
  await KINDS[job.kind](job, work)
  await work.goOn(job.warmUp)
  work.begin(job.server)
  await work.goOn(job.duration)
  return work.end(job.server)
}

process.on('uncaughtException', failed)
const sample = await measured()
process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit())
