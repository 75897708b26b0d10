/**
 * The root of every error this library throws on purpose.
 *
 * A message says what was wrong, where it came from, and what to do. Catch `MaraError` to tell the library's own
 * refusals from bugs; catch a subclass to react to one of them. Each room keeps its subclasses beside the code
 * that throws them.
 */
export class MaraError extends Error {
  // A subclass is named by its class, so that logs and `error.name` need no second declaration.
  override get name(): string {
    return this.constructor.name
  }
}
