import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { DomainError, unanswered } from "../errors.ts";

/** Names of DynamoDB's throttling errors. The SDK has already retried them. */
const THROTTLES = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "Throttling",
  "ThrottlingException",
  "ThrottlingError",
]);

/** Cancellation reasons that have nothing to do with a transaction's content. */
const TRANSIENT_REASONS = new Set([
  "ProvisionedThroughputExceeded",
  "ThrottlingError",
  "TransactionConflict",
]);

/** Errors for a signature whose timestamp is too far from DynamoDB's clock. */
const CLOCKS_DIFFER = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** Errors for a call without an answer. */
const NO_ANSWER = new Set([
  "AbortError",
  "TimeoutError",
  "CredentialsProviderError",
  "ExpiredTokenException",
  "InternalServerError",
  "ServiceUnavailable",
  "TransactionInProgressException",
]);

/** Maps the SDK's errors to domain errors; failed conditions and bugs are returned unchanged. */
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

/** Whether DynamoDB throttled the call, and so did not execute it. */
export function isThrottled(error: unknown): boolean {
  return error instanceof DomainError && error.kind === "throttled";
}

/** Errors that every call would get, whatever it asks for. */
const FOR_ALL = new Set([
  "AccessDeniedException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "ResourceNotFoundException",
  "UnrecognizedClientException",
]);

/** Whether splitting the failed batch would be pointless. */
export function isForAll(error: unknown): boolean {
  return error instanceof DomainError || (error instanceof Error && FOR_ALL.has(error.name));
}

export async function asDomain<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw toDomainError(error);
  }
}

export function overloaded(cause?: unknown): DomainError {
  return new DomainError("throttled", "The database is asked for more than it can do now.", {
    cause,
  });
}

/** The code of each action of a cancelled transaction, in order; `None` for those not at fault. */
export function cancellationReasons(error: TransactionCanceledException): string[] {
  return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? "None");
}

/** Whether a transaction cancelled with this code is worth a retry. */
export function isTransient(code: string): boolean {
  return TRANSIENT_REASONS.has(code);
}

/** Reports a call whose deadline ended the SDK's wait for a retry as throttled, not as aborted. */
export function reportThrottling({ middlewareStack }: DynamoDBClient): void {
  // Outside the retries and inside them; both see the same call's context.
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
        // The deadline's abort is no answer; keep the last one.
        if (error.name !== "AbortError")
          context.throttled = THROTTLES.has(error.name) ? error : undefined;
        throw error;
      }),
    { name: "noteThrottling", step: "finalizeRequest", priority: "low" },
  );
}

/**
 * Lets a client that sends each call once retry one that was refused for its timestamp; the refusal
 * told the SDK DynamoDB's time.
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

/** Errors of sockets and name resolution carry a code, on the error or its cause. */
function isTransport(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some((e) => isTransport(e as Error));
  // A TypeError or RangeError with a code is our own wrong argument.
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
