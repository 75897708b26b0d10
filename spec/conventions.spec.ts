// What CONTRIBUTING says of specs, held to. Exceptions are listed here, each with its reason.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

/** Specs of something other than a file of lib/: whole services, tools, the package and the repository. */
const NO_MIRROR: readonly string[] = [
  'angel/', // many processes at once
  'bench/',
  'fuzz/',
  'mutants/',
  'package/', // the packed package
  'personas/',
  'runner/',
  'scenarios/',
  'cli/package.spec.ts', // the packed package
  'telnet/differential.spec.ts', // against telnet-stream
  'telnet/peers.spec.ts', // against real telnet clients
  'contrib/docs.spec.ts', // programs in docs/contrib
  'contrib/imports.spec.ts', // imports of the whole room
  'conventions.spec.ts',
  'docs.spec.ts', // programs that docs/ shows
  'rooms.spec.ts',
  'storage/model.spec.ts', // random programs on whole stores
]

/** Files of lib/ whose rules other specs have. Doors, error classes and files of types alone need none. */
const NO_SPEC: readonly string[] = [
  'angel/supervisor-draft.ts', // supervisor.spec.ts, as the next two
  'angel/supervisor-state.ts',
  'angel/supervisor-takeover.ts',
  'cli/command.ts', // cli.spec.ts, as the next ones
  'cli/commands/angel.ts',
  'cli/commands/restart.ts',
  'cli/commands/status.ts',
  'cli/commands/stop.ts',
  'cli/main.ts',
  'cli/manifest.ts',
  'cli/rooms/canvas.ts', // text.spec.ts, as the next one
  'cli/rooms/labels.ts',
  'cli/rooms/grid.ts', // map.spec.ts, as the next three
  'cli/rooms/places.ts',
  'cli/rooms/queue.ts',
  'cli/rooms/ways.ts',
  'cli/rooms/read.ts', // commands/rooms.spec.ts, as the next one
  'cli/rooms/report.ts',
  'cli/rooms/shelves.ts', // text.spec.ts
  'cli/rooms/svg-elements.ts', // svg.spec.ts
  'cli/settings/show.ts', // commands/settings.spec.ts
  'cli/console/find.ts', // commands/console.spec.ts, as the next one
  'cli/console/script.ts',
  'client/snapshot.ts', // spec/angel
  'bench/', // run.spec.ts has whole runs, and spec/cli/commands/bench.spec.ts the command
  'connect/dial-websocket.ts', // dial.spec.ts
  'connect/line-iterator.ts', // connection.spec.ts, as the next one
  'connect/telnet-options.ts',
  'connect/opening.ts', // dial.spec.ts
  'contrib/language/parse.ts', // directed-action.spec.ts, as the next one
  'contrib/language/view.ts',
  'conversation/loops.ts', // loop.spec.ts
  'edge/bytes.ts', // frames.spec.ts
  'edge/edge.ts', // spec/angel has whole edges, as for the next one
  'edge/worker-turn.ts',
  'console/client-rows.ts', // commands.spec.ts, as the next one
  'console/follow-log.ts',
  'console/private-server.ts', // console.spec.ts
  'console/stats-rows.ts', // print.spec.ts
  'contrib/commands/command.ts', // registry.spec.ts, as the next ones
  'contrib/commands/near.ts',
  'contrib/commands/regexp.ts',
  'contrib/commands/settings.ts',
  'contrib/rooms/', // world.spec.ts, check.spec.ts, cli/commands/rooms.spec.ts, and scenarios/mud.spec.ts
  'contrib/users/bcrypt.ts', // hash.spec.ts
  'contrib/users/commands.ts', // talk.spec.ts and others
  'contrib/users/confusables.ts', // names.spec.ts
  'contrib/users/disconnect.ts', // connect.spec.ts, as the next ones
  'contrib/users/mixin.ts',
  'contrib/users/password-flow.ts',
  'contrib/users/user-command.ts',
  'contrib/users/user.ts',
  'limits.ts', // constants
  'log/record.ts', // log.spec.ts
  'program/socket-path.ts', // spec/angel/control.spec.ts
  'observability/counters.ts', // scenarios/stats.spec.ts
  'opentelemetry/instruments.ts', // observe.spec.ts
  'prompts/hiding.ts', // password.spec.ts
  'runtime/edge-port.ts', // types, and where the one of a process is found: spec/edge and spec/angel have both ends of it
  'runtime/end-sessions.ts', // connection-manager.spec.ts
  'runtime/engine.ts', // service.spec.ts, and scenarios/take-back.spec.ts
  'runtime/conversations/journal-head.ts', // conversations.spec.ts, and spec/conversation
  'runtime/takeover/newcomers.ts', // spec/angel/newcomers.spec.ts, and takeover.spec.ts
  'runtime/progress.ts', // hand-over.spec.ts, client-state.spec.ts, suspects.spec.ts
  'runtime/takeover/rehearsals.ts', // rehearsal.spec.ts, line-rehearsal.spec.ts
  'runtime/service-run.ts', // service.spec.ts, and spec/scenarios
  'runtime/conversations/session-conversation.ts', // conversations.spec.ts, spec/conversation, and scenarios/programs.spec.ts
  'runtime/session-events.ts', // session.spec.ts, event-hub.spec.ts
  'storage/', // each store and back end has a spec
  'streams/stream.ts', // operators.spec.ts, as the next one
  'streams/valve.ts',
  'telnet/constants.ts',
  'telnet/session.ts', // telnet.spec.ts
  'text/styles/layout.ts', // blocks.spec.ts, as the next one
  'text/styles/styled.ts',
  'testing/patience.ts', // player.spec.ts
  'testing/personas/connect-as.ts', // persona.spec.ts, as the next three
  'testing/personas/known.ts',
  'testing/personas/scripted-client.ts',
  'testing/personas/wire.ts',
  'text/unsafe.ts', // sanitize.spec.ts, and log/escape.spec.ts
  'timers/calendar.ts', // schedule.spec.ts
  'transport/described-server.ts', // tcp.spec.ts, tls.spec.ts, websocket.spec.ts, as the next three
  'transport/net-server.ts',
  'transport/tls-layer.ts',
  'transport/websocket-layer.ts',
  'testing/run-angel.ts', // angel-process.spec.ts
]

/** Waits for a time, not for something. */
const SLEEPS: readonly string[] = [
  'angel/', // processes are asked until they answer; some are killed at a moment of chance, or stopped for seconds
  'bench/fixtures/thinking.ts', // a pause is what it is about
  'bench/run.spec.ts', // services that take a known time to answer
  'fuzz/honest.ts', // how long it waits for an answer
  'fuzz/target.ts', // how long it waits for an end
  'runner/run-file.ts', // the time limit of a file
  'scenarios/fixtures/life.ts', // keeps a process running
  'storage/fixtures/locks.ts', // how long it keeps a lock
  'timers/timer.spec.ts', // a sleep that is aborted
]

/** Draws differently each time. */
const CHANCE: readonly string[] = [
  'angel/', // when to kill: what happens then is chance in any case
]

const all = readdirSync('spec', { recursive: true, encoding: 'utf8' })
const files = all.filter((file) => /\.ts$/.test(file) && !file.startsWith('runner/fixtures/')).sort()

/** Files whose text matches, without those that are excepted. */
function offenders(pattern: RegExp, exceptions: readonly string[]): string[] {
  return files.filter(
    (file) =>
      file !== 'conventions.spec.ts' &&
      !exceptions.some((exception) => file.startsWith(exception)) &&
      pattern.test(readFileSync(`spec/${file}`, 'utf8')),
  )
}

test('each spec mirrors a file of lib/', () => {
  const lost = files.filter(
    (file) =>
      file.endsWith('.spec.ts') &&
      !NO_MIRROR.some((exception) => file.startsWith(exception)) &&
      !existsSync(`lib/${file.replace('.spec.ts', '.ts')}`),
  )
  assert.equal(lost, [])
})

test('each file of lib/ that has something to do has a spec', () => {
  const code =
    /^(?:export )?(?:abstract |async )*(?:const|let|function|class)\b|^import '|^(?:await )?\w+[.(]/m
  const lost = readdirSync('lib', { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      !/(?:^|\/)(?:index|errors)\.ts$|^cli\/templates\/files\//.test(file) &&
      !NO_SPEC.some((exception) => file.startsWith(exception)) &&
      code.test(readFileSync(`lib/${file}`, 'utf8')) &&
      !existsSync(`spec/${file.replace('.ts', '.spec.ts')}`),
  )
  assert.equal(lost.sort(), [])
})

test('nothing sleeps in order to wait', () => {
  // A clock's own: called with a dot before it, declared with the type of its first parameter.
  assert.equal(
    offenders(/(?<![.\w])setTimeout\((?!\w+: )|setTimeout\b[^'\n]*'node:timers\/promises'/, SLEEPS),
    [],
  )
})

test('chance has a seed', () => {
  assert.equal(offenders(/\bMath\.random\b|\brandom(?:Bytes|Int|UUID)\b/, CHANCE), [])
})

test('every exception is one', () => {
  const exceptions = [...NO_MIRROR, ...SLEEPS, ...CHANCE]
  assert.equal(
    exceptions.filter((exception) => !existsSync(`spec/${exception}`)),
    [],
  )
})

test.run()
