/** Why a request to CoinMarketCap failed. */
export type FailureName =
  | "Timeout"
  | "Unreachable"
  | "ServerError"
  | "BadRequest"
  | "InvalidAnswer"
  | "RateLimited"
  | "ApiKeyInvalid"
  | "ApiKeyMissing"
  | "PlanRequiresPayment"
  | "PlanPaymentExpired"
  | "ApiKeyRequired"
  | "PlanNotAuthorized"
  | "ApiKeyDisabled"
  | "MinuteLimit"
  | "DailyLimit"
  | "MonthlyLimit"
  | "IpLimit";

/**
 * - `retry`: ask again shortly
 * - `wait`: a limit was reached; ask again after the wait
 * - `refused`: like `wait`, but somebody has to act
 */
export type Remedy = "retry" | "wait" | "refused";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

interface Kind {
  name: FailureName;
  remedy: Remedy;
  /** Seconds, unless `Retry-After` says otherwise. */
  wait?: number;
}

/** CoinMarketCap's own error codes. */
const CODES: Record<number, Kind> = {
  1001: { name: "ApiKeyInvalid", remedy: "refused", wait: 5 * MINUTE },
  1002: { name: "ApiKeyMissing", remedy: "refused", wait: 5 * MINUTE },
  1003: { name: "PlanRequiresPayment", remedy: "refused", wait: 5 * MINUTE },
  1004: { name: "PlanPaymentExpired", remedy: "refused", wait: 5 * MINUTE },
  1005: { name: "ApiKeyRequired", remedy: "refused", wait: 5 * MINUTE },
  1006: { name: "PlanNotAuthorized", remedy: "refused", wait: 5 * MINUTE },
  1007: { name: "ApiKeyDisabled", remedy: "refused", wait: 5 * MINUTE },
  1008: { name: "MinuteLimit", remedy: "wait", wait: MINUTE },
  // These end at a time that the answer does not reveal.
  1009: { name: "DailyLimit", remedy: "wait", wait: 15 * MINUTE },
  1010: { name: "MonthlyLimit", remedy: "wait", wait: HOUR },
  1011: { name: "IpLimit", remedy: "wait", wait: MINUTE },
};

/** For an answer without a known code. */
function kindOfStatus(status: number): Kind {
  if (status === 429) return { name: "RateLimited", remedy: "wait", wait: MINUTE };
  if (status >= 500) return { name: "ServerError", remedy: "retry" };
  return { name: "BadRequest", remedy: "refused", wait: 5 * MINUTE };
}

/** A failed request. The message is one line without the key. */
export class Failure extends Error {
  override readonly name: FailureName;
  readonly remedy: Remedy;
  /** Seconds until the next request. */
  readonly wait: number;

  constructor({ name, remedy, wait = 0 }: Kind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.remedy = remedy;
    this.wait = wait;
  }
}

/** In seconds, whatever a server demands. */
const LONGEST_WAIT = 24 * HOUR;

/**
 * The failure for an answer other than 200.
 * @param code the answer's `status.error_code`, if any
 * @param retryAfter the header, in seconds or as a date
 */
export function failureOf(
  status: number,
  code: number | undefined,
  message: string,
  retryAfter: string | null,
): Failure {
  const kind = CODES[code ?? 0] ?? kindOfStatus(status);
  const asked = secondsOf(retryAfter);
  const what = `${status}${code === undefined ? "" : ` (code ${code})`}: ${message}`;
  if (asked === undefined || kind.remedy === "refused") return new Failure(kind, what);
  // Respect a server that asks us to wait, even one that is failing.
  return new Failure({ ...kind, remedy: "wait", wait: asked }, what);
}

/** RFC 9110, and fractional seconds, which some servers send. */
function secondsOf(retryAfter: string | null): number | undefined {
  const text = retryAfter?.trim() ?? "";
  const seconds = /^\d+(\.\d+)?$/.test(text)
    ? Math.ceil(Number(text))
    : HTTP_DATE.test(text)
      ? (Date.parse(text) - Date.now()) / 1000
      : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), LONGEST_WAIT);
}

/** `Date.parse` accepts almost anything: 120.5 is the year 120. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
