/**
 * What a client asks of whoever schedules it. The executor does it; stated here, so that clients know nothing of it.
 */

/** One client's share: its inbox. */
export interface Task {
  /** Whether it stands in the run queue; kept by the executor. */
  queued: boolean
  /**
   * Resumes whoever waits, at most one, and returns at once. Code of the program goes through `runProgram`: the asynchronous context
   * that it would leave behind is the next task's, too.
   */
  run(): void
  /** What `run` set going has come as far as it can. */
  ran(): void
}

/** A turn for something that is no client. */
export function task(run: () => void): Task {
  return { queued: false, run, ran() {} }
}

/** Something that gathers output over a turn: an outbox. */
export interface Flushable {
  flush(): void
}

export interface Scheduler {
  /** Puts `task` at the back of the run queue, unless it stands there already. */
  ready(task: Task): void
  /** Whether `task` may take a line now, without waiting for its turn; takes it off the task's budget if so. */
  grant(task: Task): boolean
  /** The client whose turn it is, other than `except`, gets no further line before `relief` resolves. */
  hold(relief: Promise<void>, except: Task): void
  /** Has `outbox` flushed at the end of this turn, or of the next where none is running. */
  flushLater(outbox: Flushable): void
}

const settled = Promise.resolve()

/**
 * Runs code of the program from within a task, in a job of its own: what it enters of an AsyncLocalStorage stays behind when
 * the executor goes on (contract rule 18).
 */
export function runProgram(code: () => void): void {
  void settled.then(code)
}
