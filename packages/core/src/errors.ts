/**
 * What can go wrong with a request that is well-formed: the whole, closed set. Anything else that
 * core throws is a bug or a wrong configuration.
 *
 * - `not_found` the thing asked for does not exist (any more)
 * - `conflict` it clashes with something that exists, or lost a race against another change
 * - `invalid` a field has a value that is not allowed, as only the domain can tell
 * - `unauthenticated` who asks has to log in again
 * - `forbidden` it belongs to somebody else, or the proof that it is one's own is wrong
 * - `limited` clients ask for more of what is dear than is their share; the same request succeeds later
 * - `throttled` more was asked than can be done now; the same request may succeed a little later
 * - `unavailable` the database did not answer in time, or not sensibly; the outcome is unknown
 */
export type DomainErrorKind =
  | "not_found"
  | "conflict"
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "limited"
  | "throttled"
  | "unavailable";

/** Further facts about a {@link DomainError}. */
export interface DomainErrorOptions extends ErrorOptions {
  /** Name of the input field at fault, e.g. `login`. */
  field?: string;
  /** What did not answer, of an `unavailable`; for logs and metrics. */
  dependency?: Dependency;
}

/** What core depends on. */
export type Dependency = "DynamoDB" | "Postgres";

/** A dependency gave no answer, or none that makes sense. */
export function unanswered(dependency: Dependency, cause?: unknown): DomainError {
  return new DomainError("unavailable", "The database did not answer.", { cause, dependency });
}

/**
 * An expected failure. `message` is one sentence that may be shown to the client.
 *
 * @example
 * ```ts
 * try {
 *   await users.create(input);
 * } catch (error) {
 *   if (error instanceof DomainError && error.kind === "conflict") …
 * }
 * ```
 */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly kind: DomainErrorKind;
  readonly field: string | undefined;
  readonly dependency: Dependency | undefined;

  constructor(kind: DomainErrorKind, message: string, options: DomainErrorOptions = {}) {
    super(message, options);
    this.kind = kind;
    this.field = options.field;
    this.dependency = options.dependency;
  }
}
