/** Whole conversations on an example, with its process replaced or lost at every moment, and what each person saw in the end. */
import { passwordCost } from 'mara-ts/contrib/users'
import { everyRestartPoint, type Player, type RestartPointOptions, type Scenario } from 'mara-ts/testing'
import type { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadExample } from '../support/example.js'

/** What those who are logged in are told of each restart. */
const TOLD = '-- The service restarts; nobody is disconnected. --'

/** What somebody sees, and what they type then: each is a moment. */
export type Step = readonly [who: Player, sees: string, types?: string]

/** Plays steps, one after another. */
export async function act(...steps: readonly Step[]): Promise<void> {
  for (const [who, sees, types] of steps) {
    await who.sees(sees)
    if (types !== undefined) who.type(types)
  }
}

/** All that somebody has seen, line by line. */
export function saw(who: Player, lines: readonly string[]): void {
  const seen = who.seen.replaceAll(`${TOLD}\n`, '').split('\n')
  const at = [...lines, ''].findIndex((expected, index) => expected !== seen[index])
  const differs = at !== -1 || seen.length > lines.length + 1
  assert.not(differs, `${who.name} saw this, in place of ${JSON.stringify(lines[at])}:\n${who.seen}`)
}

/** Rules for each kind of blow: everybody sees what they see without. */
export function survives(
  test: ReturnType<typeof suite>,
  example: string,
  play: Scenario['play'],
  atLeast: number,
): void {
  passwordCost.ln = 4
  // The example says where each of its processes listens.
  console.log = () => {}
  for (const crash of [false, true]) {
    const blow = crash ? 'killed' : 'restarted'
    test(`everybody sees the same, where it is ${blow} at each of their moments`, async () => {
      const points = await pointsOf(example, play, { crash })
      assert.ok(points >= atLeast, String(points))
    })
    test(`everybody sees the same, where it is ${blow} twice in a row`, async () => {
      assert.ok((await pointsOf(example, play, { crash, times: 2, of: 'ann' })) > atLeast / 4)
    })
  }
}

function pointsOf(example: string, play: Scenario['play'], options: RestartPointOptions): Promise<number> {
  const service = async () => (await loadExample(example)).service
  return everyRestartPoint({ service, settings: { telnet: false }, play }, { ...options, announcement: TOLD })
}
