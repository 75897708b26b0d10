/** Runs the bank: `npx mara angel examples/bank/main.ts`, and connect by telnet. */
import { makeService } from './service.js'

await makeService().run({ port: 9000 })
