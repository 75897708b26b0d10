/** A login with a hidden password, and a word after it, played on the program of that name: four moments. */
import type { PlayerOptions, ProgramScenario } from 'mara-ts/testing'
import { built } from '../support/node.js'

export function hiding(options: PlayerOptions = {}): ProgramScenario {
  return {
    program: built('spec/testing/fixtures/hiding.ts'),
    async play(connect) {
      const ann = await connect('ann', { patience: 30_000, ...options })
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Password: ')
      ann.type('swordfish')
      await ann.sees('Welcome, Ann: 9 characters.')
      ann.type('hello')
      await ann.sees('You said hello.')
    },
  }
}
