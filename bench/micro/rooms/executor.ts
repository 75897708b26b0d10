/** Whose turn it is: tasks that become ready, run, and are done. */
import type { Room } from '../case.js'

const TASKS = 500

export const executor: Room = {
  name: 'executor',
  unit: 'task',
  async cases(load) {
    const { Executor } = (await load(
      'runtime/executor.js',
    )) as typeof import('../../../lib/runtime/executor.js')
    const own = new Executor()
    let ran = 0
    const tasks = (resumed: () => void) =>
      Array.from({ length: TASKS }, () => ({ queued: false, run: resumed, ran: () => void ran++ }))
    const turn = (name: string, resumed: () => void) => {
      const all = tasks(resumed)
      return {
        name,
        units: TASKS,
        async run() {
          ran = 0
          const ended = new Promise<void>((resolve) => {
            own.onTurnEnd = () => void resolve()
          })
          for (const task of all) own.ready(task)
          await ended
          return ran
        },
      }
    }
    return [
      turn('tasks that do nothing', () => {}),
      turn('tasks of three microtasks', () => void Promise.resolve().then().then()),
    ]
  },
}
