/** Signals that would end a process that has no use for them: an angel and its worker let them pass. */
export const UNUSED_SIGNALS = ['SIGUSR2', 'SIGALRM'] as const
