/** Telnet clients as they are known to behave, by their source, their documents, or a recording of them. */
import { DO, OPTION, WILL } from '../../telnet/index.js'
import type { Manners } from './manners.js'

const { BINARY, CHARSET, ECHO, END_OF_RECORD, NAWS, NEW_ENVIRON, SGA, TTYPE } = OPTION

/** GNU inetutils telnet 2.4 on a port other than 23: it waits to be asked. By a recording, as is its Enter in BINARY. */
export const inetutils: Manners = {
  name: 'inetutils telnet',
  enter: (client) => (client.performs(BINARY) ? '\n' : '\r\n'),
  performs: [TTYPE, NAWS, NEW_ENVIRON, BINARY],
  lets: [ECHO, SGA],
  types: ['XTERM-256COLOR'],
}

/** The same after `mode character`: every key in a packet of its own, and Enter is CR NUL (RFC 854). */
export const inetutilsByKey: Manners = {
  ...inetutils,
  name: 'inetutils telnet, character at a time',
  enter: '\r\0',
  keyByKey: true,
  opening: [
    [DO, SGA],
    [DO, ECHO],
  ],
}

/** PuTTY in its default, active mode, by its source: it says at once what it has; in BINARY its Enter is a bare CR. */
export const putty: Manners = {
  name: 'PuTTY',
  enter: (client) => (client.performs(BINARY) ? '\r' : '\r\n'),
  performs: [TTYPE, NAWS, NEW_ENVIRON, BINARY],
  lets: [ECHO, SGA, BINARY],
  opening: [
    [WILL, NAWS],
    [WILL, 32],
    [WILL, TTYPE],
    [WILL, NEW_ENVIRON],
    [DO, ECHO],
    [WILL, SGA],
    [DO, SGA],
  ],
  types: ['XTERM'],
  environment: '\x00USER\x01ada',
}

/** PuTTY set to BINARY from the first byte on. */
export const puttyBinary: Manners = {
  ...putty,
  name: 'PuTTY in BINARY',
  opening: [...(putty.opening ?? []), [WILL, BINARY], [DO, BINARY]],
}

/** TinTin++ 2.02: it agrees to much, names itself by MTTS, and says nothing to a WONT. By a recording. */
export const tintin: Manners = {
  name: 'TinTin++',
  enter: '\r\n',
  performs: [TTYPE, NAWS, NEW_ENVIRON, CHARSET],
  lets: [ECHO, SGA, END_OF_RECORD, CHARSET],
  types: ['TINTIN++', 'xterm-256color', 'MTTS 271'],
  silentWhenOff: true,
}

/** Mudlet 4, by its source. */
export const mudlet: Manners = {
  name: 'Mudlet',
  enter: '\r\n',
  performs: [TTYPE, NAWS, NEW_ENVIRON, CHARSET],
  lets: [ECHO, SGA, END_OF_RECORD, CHARSET, TTYPE, NAWS, NEW_ENVIRON],
  types: ['Mudlet', 'ANSI-TRUECOLOR', 'MTTS 2349'],
  environment: '\x03CHARSET\x01UTF-8\x03CLIENT_NAME\x01MUDLET',
}

/** netcat, and whatever else is no more than a pipe. */
export const netcat: Manners = {
  name: 'netcat',
  enter: '\n',
  deaf: true,
}

/** Speaks telnet, and refuses all that it is asked. It hides nothing, and tells nothing of itself. */
export const refuser: Manners = { name: 'a client that refuses everything', enter: '\r\n' }
