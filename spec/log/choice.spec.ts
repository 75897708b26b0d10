import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readChoice } from '../../lib/log/choice.js'

const choice = suite('log/choice')

const channels = ['angel', 'service', 'server', 'client', 'event', 'store', 'debug', 'quests']

function chosen(log: boolean | string | string[]): string[] | 'silence' {
  const read = readChoice(log)
  return read === 'silence' ? read : channels.filter(read)
}

choice('true is every channel but event and debug', () => {
  assert.equal(chosen(true), ['angel', 'service', 'server', 'client', 'store', 'quests'])
})

choice('false is silence', () => {
  assert.is(chosen(false), 'silence')
})

choice('names are those channels, as a list or separated by commas', () => {
  assert.equal(chosen('service,client'), ['service', 'client'])
  assert.equal(chosen(' event , quests,'), ['event', 'quests'])
  assert.equal(chosen(['debug', 'store']), ['store', 'debug'])
})

choice('no names are no channels', () => {
  assert.equal(chosen(''), [])
  assert.equal(chosen([]), [])
})

choice("'all' is every channel", () => {
  assert.equal(chosen('all'), channels)
  assert.equal(chosen(['service', 'all']), channels)
})

choice('a minus sign leaves a channel out, wherever it stands', () => {
  const others = channels.filter((channel) => channel !== 'client')
  assert.equal(chosen('all,-client'), others)
  assert.equal(chosen('-client, all'), others)
  assert.equal(chosen(['all', '- client', '-event']), [
    'angel',
    'service',
    'server',
    'store',
    'debug',
    'quests',
  ])
  assert.equal(chosen('client,store,-client'), ['store'])
  assert.equal(chosen('client,-client'), [])
})

choice('where channels are only left out, the others are those of true', () => {
  assert.equal(chosen('-client'), ['angel', 'service', 'server', 'store', 'quests'])
  assert.equal(chosen(['-client', '-quests']), ['angel', 'service', 'server', 'store'])
})

choice.run()
