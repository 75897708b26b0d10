/**
 * The public surface of storage: typed objects that outlive a connection, a restart, or the process.
 */
export type { Backend, WaitOptions } from './backend.js'
export { fileBackend } from './backends/file.js'
export { memoryBackend } from './backends/memory.js'
export { openBackend } from './backends/open.js'
export { type UnstorageDriver, unstorageBackend } from './backends/unstorage.js'
export {
  BackendError,
  BackendSettingError,
  DamagedError,
  DefinitionError,
  DeletedError,
  ExistsError,
  InvalidKeyError,
  InvalidValueError,
  MigrationError,
  MisfitError,
  NewerVersionError,
  NotOpenError,
  NotSavedError,
  StorageError,
  UnreadableError,
  type YamlDocument,
  YamlError,
  type YamlProblem,
} from './errors.js'
export {
  type Data,
  type Field,
  type Fields,
  type Given,
  type SessionField,
  session,
  type Values,
} from './field.js'
export { isKey, MAX_KEY_LENGTH, parseKey } from './key.js'
export { Manager } from './manager.js'
export { type LoadOptions, Reference, reference, references } from './reference.js'
export type { ObjectSnapshot, StoresSnapshot } from './snapshot.js'
export { type DefinedClass, SessionStore, Store, type StoreClass } from './store.js'
export { type OpenOptions, Stores } from './stores.js'
