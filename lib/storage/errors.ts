/**
 * Every way in which storage refuses, by name. Each message says which object or file it was about and what to do.
 */
import { MaraError } from '../errors.js'

/** The root of this room's errors. */
export class StorageError extends MaraError {
  readonly code: string = 'MARA_STORAGE'
}

/** A key or a kind that may not be one: see `key.ts` for what may. */
export class InvalidKeyError extends StorageError {
  override readonly code = 'MARA_INVALID_KEY'
}

/** A store class that cannot be used as it is defined: a forbidden field name, a kind that is taken, and the like. */
export class DefinitionError extends StorageError {
  override readonly code = 'MARA_DEFINITION'
}

/** A field holds what its schema refuses, or what JSON cannot keep. Nothing was written. */
export class InvalidValueError extends StorageError {
  override readonly code = 'MARA_INVALID_VALUE'
}

/** `create` was asked for a key that is active or saved already. */
export class ExistsError extends StorageError {
  override readonly code = 'MARA_EXISTS'
}

/** The object was deleted, or released before it was ever saved; another one may have its key by now. */
export class DeletedError extends StorageError {
  override readonly code = 'MARA_DELETED'
}

/** `object.load()` found nothing saved under its key. */
export class NotSavedError extends StorageError {
  override readonly code = 'MARA_NOT_SAVED'
}

/** No back end is open: `stores.open()` has not been called, or `stores.close()` has. */
export class NotOpenError extends StorageError {
  override readonly code = 'MARA_NOT_OPEN'
}

/** The back end setting names no back end, or one whose packages are not installed. */
export class BackendSettingError extends StorageError {
  override readonly code = 'MARA_BACKEND_SETTING'
}

/** The base of what is saved and cannot be used; a listing reports such an object and goes on without it. */
export class UnreadableError extends StorageError {
  override readonly code: string = 'MARA_UNREADABLE'

  readonly kind: string
  readonly key: string

  constructor(kind: string, key: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
    this.key = key
  }
}

/** What is saved is not JSON, is cut short, or does not fit the schema. */
export class DamagedError extends UnreadableError {
  override readonly code = 'MARA_DAMAGED'

  /** Where the damaged text has been put; undefined when it could not be moved and is still where it was. */
  readonly setAside: string | undefined

  constructor(kind: string, key: string, message: string, setAside: string | undefined) {
    super(kind, key, message)
    this.setAside = setAside
  }
}

/** What is saved was written by a newer version of the class. It stays as it is. */
export class NewerVersionError extends UnreadableError {
  override readonly code = 'MARA_NEWER_VERSION'
}

/** The class's own `migrate` threw. What is saved stays as it is: the bug is in the program, not in the data. */
export class MigrationError extends UnreadableError {
  override readonly code = 'MARA_MIGRATION'
}

/** The back end could not do it: a full disk, a directory that may not be written, a server that is away. */
export class BackendError extends StorageError {
  override readonly code = 'MARA_BACKEND'

  /** The file, or `kind/key` where there are no files. */
  readonly path: string
  /** The system's code, such as `ENOSPC`, where there is one. */
  readonly systemCode: string | undefined

  constructor(path: string, message: string, cause: unknown) {
    super(message, { cause })
    this.path = path
    this.systemCode = (cause as { code?: string } | undefined)?.code
  }
}

/** One thing wrong in a YAML file. */
export interface YamlProblem {
  /** Counted from 1. */
  document: number
  /** Counted from 1. */
  line: number
  message: string
}

/** A YAML file that cannot be used. Every problem in it is listed, and nothing of it was loaded. */
export class YamlError extends StorageError {
  override readonly code = 'MARA_YAML'

  readonly path: string
  readonly problems: readonly YamlProblem[]

  constructor(path: string, problems: readonly YamlProblem[], options?: ErrorOptions) {
    const lines = problems.map(
      ({ document, line, message }) => `${path}, document ${document}, line ${line}: ${message}`,
    )
    super(`${lines.join('\n')}\nNothing of this file was loaded.`, options)
    this.path = path
    this.problems = problems
  }
}
