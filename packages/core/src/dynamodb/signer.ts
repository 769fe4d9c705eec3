import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import type {
  AwsCredentialIdentity,
  HttpRequest,
  Provider,
  RequestSigner,
  RequestSigningArguments,
} from "@smithy/types";

export interface SignerOptions {
  credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>;
  region: string | Provider<string>;
  service: string;
}

const SIGNATURE = new Set(["authorization", "x-amz-date", "x-amz-security-token"]);

/** Headers that may change on the way. */
const UNSIGNED = new Set(["connection", "expect", "user-agent", "x-amzn-trace-id"]);

/** Cached until the day or the secret changes. */
let cached: { scope: string; secret: string; key: KeyObject } | undefined;

/**
 * Signs requests like DynamoDB's with Signature Version 4: a POST to `/` without a query. Same
 * result as the SDK's signer at a fraction of the CPU time.
 *
 * Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class Signer implements RequestSigner {
  readonly #options: SignerOptions;

  constructor(options: SignerOptions) {
    this.#options = options;
  }

  async sign(request: HttpRequest, options: RequestSigningArguments = {}): Promise<HttpRequest> {
    const credentials = await resolved(this.#options.credentials);
    const region = options.signingRegion ?? (await resolved(this.#options.region));
    const service = options.signingService ?? this.#options.service;
    const time = new Date(options.signingDate ?? Date.now())
      .toISOString()
      .replace(/[-:]|\.\d{3}/g, "");
    const headers = unsigned(request.headers);
    headers["x-amz-date"] = time;
    if (credentials.sessionToken) headers["x-amz-security-token"] = credentials.sessionToken;
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const [canonicalRequest, signedHeaders] = canonical({ ...request, headers });
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonicalRequest)}`;
    const key = signingKey(credentials.secretAccessKey, scope);
    const signature = createHmac("sha256", key).update(toSign).digest("hex");
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
      `SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return { ...request, headers };
  }
}

/** Lower-cased headers without those of an earlier signature: a retry is signed again. */
function unsigned(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  const copy: HttpRequest["headers"] = {};
  for (const name in headers) {
    const key = name.toLowerCase();
    if (!SIGNATURE.has(key)) copy[key] = headers[name] as string;
  }
  return copy;
}

function canonical({
  method,
  path,
  headers,
  body,
}: HttpRequest): [request: string, signed: string] {
  const names = Object.keys(headers).filter((name) => !UNSIGNED.has(name));
  let lines = "";
  for (const name of names.sort()) {
    lines += `${name}:${(headers[name] as string).trim().replace(/\s+/g, " ")}\n`;
  }
  const signed = names.join(";");
  return [`${method}\n${path}\n\n${lines}\n${signed}\n${hash("sha256", body ?? "")}`, signed];
}

function signingKey(secret: string, scope: string): KeyObject {
  if (cached?.scope !== scope || cached.secret !== secret) {
    const steps = scope.split("/");
    const key = steps.reduce(
      (last, step) => createHmac("sha256", last).update(step).digest(),
      Buffer.from(`AWS4${secret}`),
    );
    // Creating a key object takes longer than the HMAC that uses it.
    cached = { scope, secret, key: createSecretKey(key) };
  }
  return cached.key;
}

async function resolved<Value>(value: Value | Provider<Value>): Promise<Value> {
  return typeof value === "function" ? (value as Provider<Value>)() : value;
}
