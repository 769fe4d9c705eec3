/**
 * RDS's check of a login by IAM: whether the password is a valid token of somebody with the right.
 * Postgres asks over LDAP: `ldap` in `pg_hba.conf`.
 */
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface RdsLoginOptions {
  /** Of the database's server, for which tokens are signed. */
  address(): string;
  /** The key's secret, or `undefined` if the key may not log in. */
  secretOf(accessKey: string): string | undefined;
}

export interface RdsLogin {
  /** Method and options for a line of `pg_hba.conf`. */
  method: string;
  /** Its questions and answers, e.g. `quotes_reader: yes`. */
  readonly answers: string[];
  stop(): Promise<void>;
}

/** On a free port of 127.0.0.1. */
export async function startRdsLogin(options: RdsLoginOptions): Promise<RdsLogin> {
  const answers: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.on("data", (bytes) => {
      const bind = readBind(bytes);
      if (!bind) return void socket.end();
      const reason = refusal(bind.password, bind.user, options);
      answers.push(`${bind.user}: ${reason ?? "yes"}`);
      socket.write(bindResponse(bind.message, reason === undefined));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    method: `ldap ldapserver=127.0.0.1 ldapport=${port} ldapprefix="uid="`,
    answers,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Why a token is invalid for this user by Signature Version 4. */
function refusal(token: string, user: string, { address, secretOf }: RdsLoginOptions) {
  const url = URL.parse(`https://${token}`);
  if (!url) return "no token";
  const query = (name: string) => url.searchParams.get(name) ?? "";
  if (url.host !== address()) return `a token for ${url.host}`;
  if (query("Action") !== "connect" || query("DBUser") !== user) return "a token for another user";
  const [key = "", day = "", region = "", service = "", end = ""] =
    query("X-Amz-Credential").split("/");
  const secret = secretOf(key);
  if (secret === undefined || service !== "rds-db") return "a token of nobody who may log in";
  const moment = query("X-Amz-Date");
  const signed = Date.parse(moment.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
  if (!(Date.now() - signed < Number(query("X-Amz-Expires")) * 1000)) return "a token that expired";
  const parts = url.search.slice(1).split("&");
  const canonical = [
    "GET",
    "/",
    parts
      .filter((part) => !part.startsWith("X-Amz-Signature="))
      .sort()
      .join("&"),
    `host:${url.host}\n`,
    "host",
    sha256(""),
  ].join("\n");
  const scope = [day, region, service, end].join("/");
  const toSign = ["AWS4-HMAC-SHA256", moment, scope, sha256(canonical)].join("\n");
  const signingKey = [day, region, service, end].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const signature = hmac(signingKey, toSign).toString("hex");
  return signature === query("X-Amz-Signature") ? undefined : "a token with a wrong signature";
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text).digest();

/** LDAP's BindRequest (RFC 4511); `undefined` for anything else. */
function readBind(bytes: Buffer) {
  const [message] = [...elements(bytes)];
  if (message?.tag !== 0x30) return undefined;
  const [id, bind] = [...elements(message.value)];
  if (id === undefined || bind?.tag !== 0x60) return undefined;
  const [, name, password] = [...elements(bind.value)];
  if (!name || password?.tag !== 0x80) return undefined;
  const user = name.value.toString().replace(/^uid=/, "");
  return { message: id.value, user, password: password.value.toString() };
}

/**
 * The elements of a piece of BER: tag, length in one byte or in as many as the first says, value.
 */
function* elements(bytes: Buffer): Generator<{ tag: number; value: Buffer }> {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const tag = bytes.readUInt8(at);
    const short = bytes.readUInt8(at + 1);
    const more = short < 0x80 ? 0 : short - 0x80;
    const length = more === 0 ? short : bytes.readUIntBE(at + 2, more);
    const begin = at + 2 + more;
    yield { tag, value: bytes.subarray(begin, begin + length) };
    at = begin + length;
  }
}

/** Success, or invalid credentials. */
function bindResponse(id: Buffer, good: boolean): Buffer {
  const result = Buffer.from([0x61, 7, 0x0a, 1, good ? 0 : 49, 4, 0, 4, 0]);
  return Buffer.concat([
    Buffer.from([0x30, 2 + id.length + result.length, 2, id.length]),
    id,
    result,
  ]);
}
