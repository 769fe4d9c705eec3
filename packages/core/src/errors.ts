/**
 * Every way in which a well-formed request can fail. Anything else that core throws is a bug or a
 * wrong configuration.
 *
 * - `not_found` it does not exist, or no longer
 * - `conflict` it clashes with something that exists, or lost a race
 * - `invalid` a field has a value that only the domain can reject
 * - `unauthenticated` the client must log in again
 * - `forbidden` it belongs to somebody else, or the proof of ownership is wrong
 * - `limited` clients exceed their share of something expensive
 * - `throttled` the system is overloaded
 * - `unavailable` the database did not answer in time; the outcome is unknown
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

export interface DomainErrorOptions extends ErrorOptions {
  /** Name of the input field at fault, e.g. `login`. */
  field?: string;
  /** The dependency that did not answer, for `unavailable`. */
  dependency?: Dependency;
}

interface Dependencies {
  DynamoDB: true;
  Postgres: true; // drop: quotes
}
export type Dependency = keyof Dependencies;

export function unanswered(dependency: Dependency, cause?: unknown): DomainError {
  return new DomainError("unavailable", "The database did not answer.", { cause, dependency });
}

/** An expected failure. `message` is one sentence that may be shown to the client. */
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
