import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  isEnabled,
  meaning,
  Negotiation,
  OFF,
  receive,
  request,
  type SideState,
  type Step,
  verbFor,
} from '../../lib/telnet/negotiation.js'

const method = suite('telnet/negotiation')

const NO = OFF
const YES: SideState = { announced: true, owed: 0, wished: true, able: true, flaps: 0 }
const WANTYES = request(NO, true).state
const WANTNO = request(YES, false).state

/** Plays requests of ours (+ on, - off) and words of the peer's (y, n), and tells what we sent and what came of it. */
function play(script: string, accept = false): { sent: string; outcomes: string[]; state: SideState } {
  let state = NO
  let sent = ''
  const outcomes: string[] = []
  for (const move of script) {
    const step: Step =
      move === '+' || move === '-' ? request(state, move === '+') : receive(state, move === 'y', accept)
    state = step.state
    if (step.send !== undefined) sent += step.send ? '+' : '-'
    if (step.outcome) outcomes.push(step.outcome)
  }
  return { sent, outcomes, state }
}

method('our request is sent once and is on when the peer agrees, off when it refuses', () => {
  assert.equal(play('++y').sent, '+')
  assert.equal(play('+y').outcomes, ['enabled'])
  assert.ok(isEnabled(play('+y').state))
  assert.not.ok(isEnabled(play('+').state))
  assert.equal(play('+n').outcomes, ['refused'])
  assert.equal(play('+n').sent, '+')
  assert.not.ok(isEnabled(play('+n').state))
})

method('a peer that agrees twice gives one event and no answer', () => {
  assert.equal(play('+yy').outcomes, ['enabled'])
  assert.equal(play('+yy').sent, '+')
})

method("the peer's request is agreed to, or refused each time it comes", () => {
  assert.equal(play('y', true).sent, '+')
  assert.equal(play('yy', true).sent, '+')
  assert.equal(play('y', true).outcomes, ['enabled'])
  assert.equal(play('yy', false).sent, '--')
  assert.equal(play('yy', false).outcomes, [])
})

method('a no to what is off gets no answer and changes nothing', () => {
  assert.equal(play('nn'), { sent: '', outcomes: [], state: NO })
})

method('a no to what is on is answered, and turns it off', () => {
  assert.equal(play('+yn').sent, '+-')
  assert.equal(play('+ynn').sent, '+-')
  assert.equal(play('+yn').outcomes, ['enabled', 'disabled'])
})

method('turning off takes effect at once; its acknowledgment, and its absence, change nothing', () => {
  assert.equal(play('+y-').outcomes, ['enabled', 'disabled'])
  assert.equal(play('+y-n').outcomes, ['enabled', 'disabled'])
  assert.equal(play('+y-n').sent, '+-')
  assert.equal(play('+y-n').state.owed, 0)
})

method('an unacknowledged "off" keeps nothing from being turned on again: it is sent at once', () => {
  assert.equal(play('+y-+').sent, '+-+')
  // TinTin++: no word on WONT, then DO.
  assert.equal(play('+y-+y').outcomes, ['enabled', 'disabled', 'enabled'])
  assert.equal(play('+y-+y-+y').sent, '+-+-+')
  // A peer that does acknowledge, late: DONT for the WONT, DO for the WILL.
  assert.equal(play('+y-+ny').outcomes, ['enabled', 'disabled', 'enabled'])
  // One that acknowledges, and then refuses.
  assert.equal(play('+y-+nn').outcomes, ['enabled', 'disabled', 'refused'])
})

method('an unanswered "on" keeps nothing from being turned off: it is sent at once', () => {
  assert.equal(play('+-').sent, '+-')
  assert.equal(play('+-yn'), { sent: '+-', outcomes: [], state: { ...NO, able: true } })
  // Refused: the peer has nothing to turn off, and says one word only.
  assert.equal(play('+-n').state, { ...NO, able: false })
  assert.equal(play('+-+yny').outcomes, ['enabled'])
  assert.equal(play('+-+nn').outcomes, ['refused', 'refused'])
})

method('a yes to an "off" is an error of the peer\'s and leaves it off (RFC 1143, WANTNO)', () => {
  assert.equal(play('+y-y'), { sent: '+-', outcomes: ['enabled', 'disabled'], state: { ...NO, able: true } })
})

method('a peer that always says no (nc -t) ends with everything off and nothing owed', () => {
  assert.equal(play('+n-n+n').outcomes, ['refused', 'refused'])
  assert.equal(play('+-+nnn').state.owed, 0)
})

method('the states are those of RFC 1143, and its table holds', () => {
  const rows: [SideState, boolean, boolean, string][] = [
    // state, the peer's word, whether we agree, then what we send and where we are
    [NO, true, true, '+ YES'],
    [NO, true, false, '- NO'],
    [NO, false, false, ' NO'],
    [YES, true, true, ' YES'],
    [YES, false, true, '- NO'],
    [WANTNO, true, true, ' NO'],
    [WANTNO, false, true, ' NO'],
    [request(WANTNO, true).state, true, false, ' YES'],
    [request(WANTNO, true).state, false, false, ' WANTYES'],
    [WANTYES, true, false, ' YES'],
    [WANTYES, false, false, ' NO'],
    [request(WANTYES, false).state, true, true, ' WANTNO'],
    [request(WANTYES, false).state, false, true, ' NO'],
  ]
  for (const [state, yes, accept, expected] of rows) {
    const step = receive(state, yes, accept)
    const name = `${step.state.owed === 0 ? '' : 'WANT'}${step.state.announced ? 'YES' : 'NO'}`
    const sent = step.send === undefined ? '' : step.send ? '+' : '-'
    assert.is(`${sent} ${name}`, expected, `${JSON.stringify(state)} ${yes} ${accept}`)
  }
})

method('what the service wished survives a refusal; what it gave up does not', () => {
  assert.ok(play('+n').state.wished)
  assert.not.ok(play('+n-').state.wished)
  assert.not.ok(play('y', true).state.wished)
})

method("the peer's last word is remembered", () => {
  assert.is(play('+').state.able, undefined)
  assert.is(play('+y-').state.able, true)
  assert.is(play('+n').state.able, false)
  assert.is(play('+yn').state.able, false)
})

method('a peer that never answers keeps the count of what it owes small, and its meaning', () => {
  const { state } = play('+-'.repeat(10_000))
  assert.ok(state.owed <= 16)
  assert.is(state.owed % 2, 0)
  assert.ok(isEnabled(play(`${'+-'.repeat(10_000)}+${'y'.repeat(20)}`).state))
})

const move = fc.constantFrom(...'+-yn')

method("whatever happens: one answer at most to a word of the peer's, and none to an answer", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), fc.boolean(), (moves, accept) => {
      let state = NO
      for (const m of moves) {
        const before = state
        const step = m === '+' || m === '-' ? request(state, m === '+') : receive(state, m === 'y', accept)
        state = step.state
        if (m === '+' || m === '-') {
          assert.is(step.send, before.announced === (m === '+') ? undefined : m === '+')
          assert.is(state.announced, m === '+')
        } else if (before.owed > 0) {
          assert.is(step.send, undefined)
          assert.ok(state.owed < before.owed)
        }
      }
    }),
    { numRuns: 500 },
  )
})

/** RFC 1143, section 7, to the letter: one request on the way, one queued behind it. */
class StrictPeer {
  state: 'NO' | 'YES' | 'WANTNO' | 'WANTYES' = 'NO'
  isQueued = false
  readonly out: boolean[] = []
  readonly #accept: boolean

  constructor(accept: boolean) {
    this.#accept = accept
  }

  #go(state: StrictPeer['state'], say?: boolean): void {
    this.state = state
    this.isQueued = false
    if (say !== undefined) this.out.push(say)
  }

  ask(on: boolean): void {
    if (on && this.state === 'NO') this.#go('WANTYES', true)
    else if (!on && this.state === 'YES') this.#go('WANTNO', false)
    else if (this.state === 'WANTNO') this.isQueued = on
    else if (this.state === 'WANTYES') this.isQueued = !on
  }

  hear(yes: boolean): void {
    if (this.state === 'NO' && yes) this.#accept ? this.#go('YES', true) : this.#go('NO', false)
    else if (this.state === 'YES' && !yes) this.#go('NO', false)
    else if (this.state === 'WANTNO' && yes) this.#go(this.isQueued ? 'YES' : 'NO')
    else if (this.state === 'WANTNO') this.isQueued ? this.#go('WANTYES', true) : this.#go('NO')
    else if (this.state === 'WANTYES' && yes) this.isQueued ? this.#go('WANTNO', false) : this.#go('YES')
    else if (this.state === 'WANTYES') this.#go('NO')
  }
}

const crossing = fc.array(fc.constantFrom('we +', 'we -', 'they +', 'they -', 'we hear', 'they hear'), {
  maxLength: 40,
})

method('with a peer that follows RFC 1143, words crossing on the way, both fall silent and agree', () => {
  fc.assert(
    fc.property(crossing, fc.boolean(), fc.boolean(), (moves, weAccept, theyAccept) => {
      const peer = new StrictPeer(theyAccept)
      const toPeer: boolean[] = []
      let ours = NO
      const act = ({ state, send }: Step) => {
        ours = state
        if (send !== undefined) toPeer.push(send)
      }
      const weHear = () => {
        const word = peer.out.shift()
        if (word !== undefined) act(receive(ours, word, weAccept || ours.wished))
      }
      const theyHear = () => {
        const word = toPeer.shift()
        if (word !== undefined) peer.hear(word)
      }
      for (const move of moves) {
        if (move === 'we hear') weHear()
        else if (move === 'they hear') theyHear()
        else if (move.startsWith('we')) act(request(ours, move.endsWith('+')))
        else peer.ask(move.endsWith('+'))
      }
      for (let rounds = 0; peer.out.length + toPeer.length > 0; rounds++) {
        assert.ok(rounds < 100, 'they never fall silent')
        weHear()
        theyHear()
      }
      assert.is(isEnabled(ours), peer.state === 'YES')
    }),
    { numRuns: 2000 },
  )
})

/** Two of us, who may both send at once what RFC 1143 would queue. */
function fallsSilent(
  moves: readonly (readonly [0 | 1, string])[],
  accepts: readonly [boolean, boolean],
): void {
  const states: [SideState, SideState] = [NO, NO]
  const heard: [boolean[], boolean[]] = [[], []]
  const act = (who: 0 | 1, { state, send }: Step) => {
    states[who] = state
    if (send !== undefined) heard[who === 0 ? 1 : 0].push(send)
  }
  const hear = (who: 0 | 1) => {
    const word = heard[who].shift()
    if (word !== undefined) act(who, receive(states[who], word, accepts[who] || states[who].wished))
  }
  for (const [who, move] of moves) {
    if (move === 'hear') hear(who)
    else act(who, request(states[who], move === '+'))
  }
  for (let rounds = 0; heard[0].length + heard[1].length > 0; rounds++) {
    assert.ok(rounds < 500, 'they never fall silent')
    hear(0)
    hear(1)
  }
}

method('two of us, words crossing on the way, fall silent', () => {
  const crossings = fc.array(fc.tuple(fc.constantFrom<0 | 1>(0, 1), fc.constantFrom('+', '-', 'hear')), {
    maxLength: 40,
  })
  fc.assert(fc.property(crossings, fc.tuple(fc.boolean(), fc.boolean()), fallsSilent), { numRuns: 2000 })
})

method('an "on" and an "off" that would go round for ever are stopped', () => {
  // Found by the property above: each takes the other's answers for requests.
  fallsSilent(
    [
      [0, '+'],
      [1, 'hear'],
      [1, '+'],
      [0, '-'],
      [1, '-'],
      [1, '+'],
    ],
    [true, false],
  )
})

method(
  'a peer that turns an option on and off without end is refused in the end, until the service asks again',
  () => {
    const { sent, state } = play('yn'.repeat(40), true)
    assert.is(sent, `${'+-'.repeat(32)}${'-'.repeat(8)}`)
    const refused = receive(request(state, true).state, false, true).state
    assert.is(receive(refused, true, true).send, true)
  },
)

method('a connection keeps nothing for options that were only refused', () => {
  const negotiation = new Negotiation()
  for (let option = 0; option < 256; option++) {
    const step = receive(negotiation.get('them', option), true, false)
    negotiation.set('them', option, step.state)
  }
  assert.equal(negotiation.save(), [])
  assert.not.ok(negotiation.knows(200))
})

method('sides are apart, and come back from JSON as they were', () => {
  const negotiation = new Negotiation()
  negotiation.set('us', 1, YES)
  negotiation.set('them', 1, WANTYES)
  negotiation.set('them', 255, WANTNO)
  const copy = Negotiation.restore(JSON.parse(JSON.stringify(negotiation.save())))
  for (const each of [negotiation, copy]) {
    assert.equal(each.get('us', 1), YES)
    assert.equal(each.get('them', 1), WANTYES)
    assert.equal(each.get('them', 255), WANTNO)
    assert.ok(each.isEnabled('us', 1) && !each.isEnabled('them', 1))
    assert.ok(each.knows(1) && each.knows(255) && !each.knows(2))
  }
})

method('verbs: WILL and WONT are ours for us, DO and DONT are theirs about us', () => {
  assert.equal(
    [verbFor('us', true), verbFor('us', false), verbFor('them', true), verbFor('them', false)],
    [251, 252, 253, 254],
  )
  assert.equal(meaning(253), { side: 'us', yes: true })
  assert.equal(meaning(254), { side: 'us', yes: false })
  assert.equal(meaning(251), { side: 'them', yes: true })
  assert.equal(meaning(252), { side: 'them', yes: false })
})

method.run()
