/**
 * The errors of storage. Each message names the object or file, and says what to do.
 */
import { MaraError } from '../errors.js'

/** The root of this room's errors. */
export class StorageError extends MaraError {
  readonly code: string = 'MARA_STORAGE'
}

/** The name can't be a key or a kind. See `key.ts` for the rules. */
export class InvalidKeyError extends StorageError {
  override readonly code = 'MARA_INVALID_KEY'
}

/** A store class can't be used as it is defined: a forbidden field name, a kind that is taken, a schema that throws. */
export class DefinitionError extends StorageError {
  override readonly code = 'MARA_DEFINITION'
}

/** A field holds a value that its schema refuses or that JSON can't represent. Nothing was written. */
export class InvalidValueError extends StorageError {
  override readonly code = 'MARA_INVALID_VALUE'

  /** What is wrong with each value; its path begins with the name of the field. */
  readonly problems: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]

  constructor(message: string, problems: InvalidValueError['problems'] = [], options?: ErrorOptions) {
    super(message, options)
    this.problems = problems
  }
}

/** `create` got a key that is active or saved already. */
export class ExistsError extends StorageError {
  override readonly code = 'MARA_EXISTS'
}

/** The object was deleted, released before it was ever saved, or its storage was closed since; another one may have its key by now. */
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

/** The setting names no back end, or one whose packages are not installed. */
export class BackendSettingError extends StorageError {
  override readonly code = 'MARA_BACKEND_SETTING'
}

/** A saved object can't be read. A listing reports it and goes on without it. Also the base of the errors that say why. */
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

/** The saved text is no JSON object, or is cut short. */
export class DamagedError extends UnreadableError {
  override readonly code = 'MARA_DAMAGED'

  /** The new place of the damaged text; undefined when it could not be moved. */
  readonly setAside: string | undefined

  constructor(kind: string, key: string, message: string, setAside: string | undefined) {
    super(kind, key, message)
    this.setAside = setAside
  }
}

/** The saved text was written by a newer version of the class. It stays as it is. */
export class NewerVersionError extends UnreadableError {
  override readonly code = 'MARA_NEWER_VERSION'
}

/**
 * The saved text does not fit the schema. It stays as it is: where an edited file is at fault it concerns one object, but
 * where a new schema is, all of them, and the version before can still read them.
 */
export class MisfitError extends UnreadableError {
  override readonly code = 'MARA_MISFIT'
  /** As in `InvalidValueError`. */
  readonly problems: InvalidValueError['problems']

  constructor(kind: string, key: string, message: string, problems: InvalidValueError['problems']) {
    super(kind, key, message)
    this.problems = problems
  }
}

/** The class's `migrate` threw. The saved text stays as it is, because the bug is in the program and not in the data. */
export class MigrationError extends UnreadableError {
  override readonly code = 'MARA_MIGRATION'
}

/** The back end failed: the disk is full, a directory is read-only, a server is away. */
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

/** One problem in a YAML file. */
export interface YamlProblem {
  /** Counted from 1. */
  document: number
  /** Counted from 1. */
  line: number
  message: string
  /** What the document calls its store, in lower case; undefined where it names none. */
  store?: string | undefined
  /** The key of the object, in lower case; undefined where the document has none that can be one. */
  key?: string | undefined
  /** Leads to the value that is wrong, such as `['exits', 'north']`; empty where the whole document is. */
  path?: readonly PropertyKey[]
}

/** What could be read of one document of a YAML file, whether or not it can be used. */
export interface YamlDocument {
  /** Counted from 1. */
  document: number
  /** Where it begins. */
  line: number
  /** As in `YamlProblem`, as the next one. */
  store?: string | undefined
  key?: string | undefined
  /** What the document says, unchecked; undefined where it is no mapping. */
  data?: Readonly<Record<string, unknown>> | undefined
}

interface YamlErrorOptions extends ErrorOptions {
  documents?: readonly YamlDocument[]
}

/** A YAML file can't be used. Every problem in it is listed, and nothing of it was loaded. */
export class YamlError extends StorageError {
  override readonly code = 'MARA_YAML'

  readonly path: string
  readonly problems: readonly YamlProblem[]
  /** All documents of the file that hold something, for those who look for problems of their own beside these. */
  readonly documents: readonly YamlDocument[]

  constructor(
    path: string,
    problems: readonly YamlProblem[],
    { documents = [], ...options }: YamlErrorOptions = {},
  ) {
    const lines = problems.map(
      ({ document, line, message }) => `${path}, document ${document}, line ${line}: ${message}`,
    )
    super(`${lines.join('\n')}\nNothing of this file was loaded.`, options)
    this.path = path
    this.problems = problems
    this.documents = documents
  }
}
