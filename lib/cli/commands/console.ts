/** `mara console FILE`: an administrator's console of a running program. */
import { defineCommand } from '../command.js'

export const console = defineCommand({
  name: 'console',
  summary: 'Open the console of a running program.',
  usage: 'FILE [command]',
  details: [
    'FILE is the program, or the path of its socket. The program opens a console with await service.console(), or where it is started with --console. Only the user who runs the program can open it.',
    'With a command, such as mara console chat.ts clients, the console does that and the command ends. If standard input is no terminal, commands are read from there, one a line. The exit code is 1 if one of them failed.',
    'Ctrl+D or quit leaves the console; the service goes on. Lines are kept in the file mara/console-history of $XDG_STATE_HOME (~/.local/state); lines that begin with a blank are not.',
  ],
  options: {},
  async run({ operands: [target = ''], settings: command, io }) {
    const { runLines, runOne } = await import('../console/script.js')
    if (command.length > 0) return runOne(target, command.join(' '), io)
    if (!io.stdin.isTTY || !io.stdout.isTTY) return runLines(target, io)
    const { historyFile, openHistory } = await import('../console/history.js')
    const { interact } = await import('../console/interactive.js')
    const history = openHistory(historyFile(), (message) => void io.stderr.write(message))
    return interact({ target, io, history })
  },
})
