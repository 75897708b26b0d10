/**
 * Every way in which storage refuses, by name. Each message says which object or file it was about and what to do.
 */
import { MaraError } from '../errors.js'

/** The root of this room's errors. */
export class StorageError extends MaraError {}

/** A key or a kind that may not be one: see `key.ts` for what may. */
export class InvalidKeyError extends StorageError {}

/** A store class that cannot be used as it is defined: a forbidden field name, a kind that is taken, and the like. */
export class DefinitionError extends StorageError {}

/** A field holds what its schema refuses, or what JSON cannot keep. Nothing was written. */
export class InvalidValueError extends StorageError {}

/** `create` was asked for a key that is active or saved already. */
export class ExistsError extends StorageError {}

/** The object was deleted, or released before it was ever saved; another one may have its key by now. */
export class DeletedError extends StorageError {}

/** `object.load()` found nothing saved under its key. */
export class NotSavedError extends StorageError {}

/** No back end is open: `stores.open()` has not been called, or `stores.close()` has. */
export class NotOpenError extends StorageError {}

/** The back end setting names no back end, or one whose packages are not installed. */
export class BackendSettingError extends StorageError {}

/** The base of what is saved and cannot be used; a listing reports such an object and goes on without it. */
export class UnreadableError extends StorageError {
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
  /** Where the damaged text has been put; undefined when it could not be moved and is still where it was. */
  readonly setAside: string | undefined

  constructor(kind: string, key: string, message: string, setAside: string | undefined) {
    super(kind, key, message)
    this.setAside = setAside
  }
}

/** What is saved was written by a newer version of the class. It stays as it is. */
export class NewerVersionError extends UnreadableError {}

/** The class's own `migrate` threw. What is saved stays as it is: the bug is in the program, not in the data. */
export class MigrationError extends UnreadableError {}

/** The back end could not do it: a full disk, a directory that may not be written, a server that is away. */
export class BackendError extends StorageError {
  /** The file, or `kind/key` where there are no files. */
  readonly path: string
  /** The system's code, such as `ENOSPC`, where there is one. */
  readonly code: string | undefined

  constructor(path: string, message: string, cause: unknown) {
    super(message, { cause })
    this.path = path
    this.code = (cause as { code?: string } | undefined)?.code
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
