/** Ends the process once what it has written is out. */
export async function exit(code: number): Promise<never> {
  const written = [process.stdout, process.stderr].map((stream) => {
    if (stream.writableLength === 0) return undefined
    // Called as well where the reader has gone.
    return new Promise<void>((resolve) => {
      stream.write('', () => resolve())
    })
  })
  await Promise.all(written)
  process.exit(code)
}
