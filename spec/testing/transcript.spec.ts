import { Transcript } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('it reads like a play, names as wide as the longest', () => {
  const transcript = new Transcript()
  transcript.saw('ann', 'Welcome\nName: ')
  transcript.typed('ann', 'ann')
  transcript.saw('robert', 'ann has connected\n')
  transcript.saw('ann', 'Hello, ann\n')
  assert.is(
    String(transcript),
    [
      'ann    < Welcome',
      'ann    < Name:',
      'ann    > ann',
      'robert < ann has connected',
      'ann    < Hello, ann',
    ].join('\n'),
  )
})

test('a line that comes in pieces is one, whoever else sees something meanwhile', () => {
  const transcript = new Transcript()
  transcript.saw('ann', 'You are ')
  transcript.saw('bob', 'Hello\n')
  transcript.saw('ann', 'in the ')
  transcript.saw('ann', 'lobby\nExits: ')
  assert.is(String(transcript), 'ann < You are in the lobby\nbob < Hello\nann < Exits:')
})

test('control characters are visible, and an empty line is one', () => {
  const transcript = new Transcript()
  transcript.saw('ann', '\n\x1b[1mred\n')
  assert.is(String(transcript), 'ann <\nann < \\x1b[1mred')
  assert.is(String(new Transcript()), '')
})

test.run()
