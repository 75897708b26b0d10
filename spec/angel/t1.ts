import net from 'node:net'
import { crowd, fixture, guarded } from './support.js'

for (const SUSPEND_MS of ['300']) {
  await guarded(
    fixture('count'),
    async (service) => {
      const counters = await crowd(service.port, 2)
      for (const c of counters) c.talk()
      let going = true,
        n = 0
      const knock = async () => {
        while (going)
          await new Promise<void>((resolve) => {
            const s = net.connect(service.port, '127.0.0.1')
            s.on('error', (e) => {
              console.log(e.message)
              resolve()
            })
            let got = ''
            s.on('data', (d) => {
              got += d
              if (got.includes('x')) {
              }
            })
            s.write('knock\r\n')
            s.once('data', () => {
              s.end()
            })
            s.on('close', () => {
              n++
              resolve()
            })
          })
      }
      const k = Array.from({ length: 10 }, knock)
      for (let i = 0; i < 2; i++) console.log(await service.restart())
      going = false
      console.log('waiting')
      const t = setInterval(
        async () => console.log((await service.status()).connections, service.run.out.slice(-2500)),
        3000,
      )
      t.unref()
      await Promise.all(k)
      console.log('knocked', n)
      await Promise.all(counters.map((c) => c.quiet()))
      for (const c of counters) c.close()
      await service.connections(0)
      clearInterval(t)
    },
    [],
    { SUSPEND_MS },
  ).then(() => console.log('done'))
}
