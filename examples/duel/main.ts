/** Runs the duel: `npx mara angel examples/duel/main.ts`, and connect from two terminals. */
import { makeService } from './service.js'

await makeService().run({ port: 9000 })
