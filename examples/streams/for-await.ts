/** Lines of a byte stream, with no service at all: here, what another program prints. */
import { spawn } from 'node:child_process'
import { lines } from 'mara-ts/streams'

const { stdout } = spawn('printf', ['one\\r\\ntwo\\nthree'])
for await (const line of lines(stdout)) console.log(line)
