/**
 * The public surface of the core, and nothing else.
 */
export { type AnyClient, Client } from './client/client.js'
export { ClientContainer, type WriteAllOptions } from './client/container.js'
export { ClientDisconnectedError } from './client/errors.js'
export type { Line, LinesAndOptions, WriteArguments, WriteOptions } from './client/format.js'
export type { Alarm, Clock } from './clock.js'
export {
  Connection,
  type ConnectOptions,
  type ConnectTarget,
  connect,
  ExpectError,
  type ExpectFailure,
  type Found,
  LoginError,
  type LoginOptions,
  type Pattern,
  type TerminalInfo,
  TlsConnectError,
} from './connect/index.js'
export { InvalidOptionError, MaraError, TimeoutError } from './errors.js'
export type { ClientEventContext } from './events/catalogue.js'
export {
  InvalidEventClassError,
  InvalidEventError,
  InvalidHandlerError,
  NoClientError,
  NotConstructibleError,
} from './events/errors.js'
export type { EventClass, EventContext } from './events/event.js'
export { Handler, type HandlerClass, type HandlerStep } from './events/handler.js'
export * as events from './events/index.js'
export type { EventOf, HandlerOf } from './events/typing.js'
export type { LimitName, Limits } from './limits.js'
export type { Channel as LogChannel, LoggerLike } from './log/channel.js'
export { LogFileError } from './log/errors.js'
export type { Log } from './log/index.js'
export type { EventMessage, HandlerMessage } from './observability/channels.js'
export type {
  ClientStats,
  EventLoopDelay,
  EventLoopStats,
  HandlerStats,
  QueueStats,
  ServiceStats,
  TrafficStats,
} from './observability/stats.js'
export {
  bytes,
  lines,
  type Protocol,
  type ProtocolConnection,
  type ProtocolHost,
  type ProtocolOptions,
  type ProtocolSettings,
  text,
} from './protocol/index.js'
export {
  NoAngelError,
  RestartFailedError,
  SecondServiceError,
  ServiceFullError,
  type ServiceStatus,
  ServiceStatusError,
} from './runtime/errors.js'
export type {
  AcceptOptions,
  AnyState,
  Servers,
  ServiceOptions,
  StartOptions,
  StopOptions,
} from './runtime/options.js'
export { Service } from './service.js'
export {
  type NoExtra,
  type Problem as SettingsProblem,
  type Settings,
  SettingsDefinitionError,
  SettingsError,
  type SettingsInput,
  type Source as SettingsSource,
  secret,
} from './settings/index.js'
export { sanitize } from './text/sanitize.js'
export type { ServiceTexts } from './texts.js'
export {
  AddressInUseError,
  CertificateError,
  ConnectError,
  InvalidDuplexError,
  ListenError,
  SocketFolderError,
} from './transport/errors.js'
export { type MemoryServer, memory, memoryPair } from './transport/memory.js'
export { networkOf } from './transport/network.js'
export type { Address, ConnectionInfo, HeldListener, Server, ServerHost } from './transport/server.js'
export { type TcpOptions, tcp, type UnixOptions, unix } from './transport/tcp.js'
export { type TlsOptions, type TlsSettings, tls } from './transport/tls.js'
export { type WebSocketOptions, websocket } from './transport/websocket.js'
export type { WaitOptions } from './wait.js'
