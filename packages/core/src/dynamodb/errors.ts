import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { DomainError, unanswered } from "../errors.ts";

/** Error names by which DynamoDB says "too much at once". The SDK has retried them before we see one. */
const THROTTLES = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "Throttling",
  "ThrottlingException",
  "ThrottlingError",
]);

/** Reasons for which a transaction was cancelled that say nothing against its content. */
const TRANSIENT_REASONS = new Set([
  "ProvisionedThroughputExceeded",
  "ThrottlingError",
  "TransactionConflict",
]);

/** Error names by which a signature is refused whose time is too far from DynamoDB's, before anything is done. */
const CLOCKS_DIFFER = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** Names that the SDK and Node give to a call that got no answer. */
const NO_ANSWER = new Set([
  "AbortError",
  "TimeoutError",
  "CredentialsProviderError",
  "ExpiredTokenException",
  "InternalServerError",
  "ServiceUnavailable",
  "TransactionInProgressException",
]);

/**
 * Turns what the SDK threw into a domain error where it is one; a failed condition and any other
 * error come back as they are.
 */
export function toDomainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof ConditionalCheckFailedException) return error;
  if (THROTTLES.has(error.name)) return overloaded(error);
  const silent = NO_ANSWER.has(error.name) || CLOCKS_DIFFER.has(error.name);
  if (silent || isTransport(error) || isServerFault(error)) {
    return unanswered("DynamoDB", error);
  }
  return error;
}

/** Whether DynamoDB refused a call because there are too many, and so did nothing of it. */
export function isThrottled(error: unknown): boolean {
  return error instanceof DomainError && error.kind === "throttled";
}

/** Error names that say nothing about what a call asks for: every call would get them. */
const FOR_ALL = new Set([
  "AccessDeniedException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "ResourceNotFoundException",
  "UnrecognizedClientException",
]);

/** Whether a batch that failed so would fail as well in parts. */
export function isForAll(error: unknown): boolean {
  return error instanceof DomainError || (error instanceof Error && FOR_ALL.has(error.name));
}

/** Waits for a call, and throws what {@link toDomainError} makes of its failure. */
export async function asDomain<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw toDomainError(error);
  }
}

/** The database has more to do than it can, although it was asked again until time was up. */
export function overloaded(cause?: unknown): DomainError {
  return new DomainError("throttled", "The database is asked for more than it can do now.", {
    cause,
  });
}

/** The codes of a cancelled transaction, one per action in order; `None` for the innocent. */
export function cancellationReasons(error: TransactionCanceledException): string[] {
  return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? "None");
}

/** Whether a transaction that was cancelled with this code is worth another try. */
export function isTransient(code: string): boolean {
  return TRANSIENT_REASONS.has(code);
}

/**
 * Lets a call that was throttled and then met its deadline fail as throttled. The SDK waits up to a
 * second before it tries a throttled call again, and when the deadline ends that wait it tells only
 * of the abort.
 */
export function reportThrottling({ middlewareStack }: DynamoDBClient): void {
  // Around the retries, and inside them; both see the context of one call.
  middlewareStack.add(
    (next, context) => (args) =>
      next(args).catch((error) => {
        throw error.name === "AbortError" && context.throttled ? context.throttled : error;
      }),
    { name: "reportThrottling", step: "initialize" },
  );
  middlewareStack.add(
    (next, context) => (args) =>
      next(args).catch((error) => {
        // Cut off by the deadline it has said nothing; the last word stands.
        if (error.name !== "AbortError")
          context.throttled = THROTTLES.has(error.name) ? error : undefined;
        throw error;
      }),
    { name: "noteThrottling", step: "finalizeRequest", priority: "low" },
  );
}

/**
 * Lets a client that sends each call once repeat one that was refused for the time of its signature. By
 * then the SDK has learnt DynamoDB's time from the refusal.
 */
export function repeatRefused({ middlewareStack }: DynamoDBClient): void {
  middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error) => {
        if (CLOCKS_DIFFER.has(error.name)) return next(args);
        throw error;
      }),
    { name: "repeatRefused", step: "initialize", priority: "low" },
  );
}

/** Node's socket and name errors carry a code such as ECONNREFUSED, on the error or on one inside it. */
function isTransport(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some((e) => isTransport(e as Error));
  // A TypeError or RangeError with a code is a wrong argument of ours.
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return typeof (error as NodeJS.ErrnoException).code === "string";
}

function isServerFault(error: Error): boolean {
  const { $fault, $metadata } = error as Error & {
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return $fault === "server" || ($metadata?.httpStatusCode ?? 0) >= 500;
}
