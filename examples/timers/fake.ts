/** Timers of a service, and a test of them that takes no time. */
import { Service } from 'mara-ts'
import { connectTo, FakeClock } from 'mara-ts/testing'

const clock = new FakeClock(new Date('2030-06-03T08:59:00Z'))
const service = new Service({ clock })

service.timer({ every: 40_000 }, ({ runs }) => service.writeAll(`${time()} Run ${runs} of every 40 s.`))
service.timer({ after: 90_000 }, () => service.writeAll(`${time()} This comes once.`))
service.timer({ cron: '0 9 * * 1-5', timeZone: 'UTC' }, () => service.writeAll(`${time()} We are open.`))
const bell = service.timer({ minute: 1, timeZone: 'UTC' }, (timer) => {
  service.writeAll(`${time()} The bell rings for the last time.`)
  timer.stop()
})

function time(): string {
  return service.datetime.toISOString().slice(11, 19)
}

await service.start({ port: 0, log: false })
const ann = await connectTo(service)
await clock.advance(180_000)
await ann.sees('Run 4')
console.log(ann.seen)
console.log(bell.runs, bell.next)
await ann.leave()
await service.stop()
