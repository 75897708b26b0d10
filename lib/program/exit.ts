/** Ends the process once what it has written is out. Where its reader stands still, a signal ends it at once. */
export async function exit(code: number): Promise<never> {
  const written = [process.stdout, process.stderr].map((stream) => {
    if (stream.writableLength === 0) return undefined
    // Called as well where the reader has gone.
    return new Promise<void>((resolve) => {
      stream.write('', () => resolve())
    })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(code))
  await Promise.all(written)
  process.exit(code)
}
