import { createHmac, randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { expectStatus, register, startApi } from "./support/api.ts";

const SECRET = "the secret that signs the tokens of this file";
const api = await startApi({ tokenSecret: { value: SECRET } });
const otherDeployment = await startApi({
  tokenSecret: { value: "the secret of another deployment of ours" },
});
const { call } = api;
const ada = await register(api);
const now = () => Math.floor(Date.now() / 1000);

describe("POST /sessions", () => {
  it("turns login and password into a token of the user, good for an hour", async () => {
    const { login, password } = ada;
    const answer = await call("POST", "/sessions", { body: { login, password } });
    const session = expectStatus(200, answer).json();
    expect(session).toMatchObject({ token_type: "Bearer", expires_in: 3600, user_id: ada.id });
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { sub, iat, exp } = claimsOf(session.access_token);
    expect(sub).toBe(ada.id);
    expect(exp - iat).toBe(3600);
    expect(Math.abs(iat - now())).toBeLessThan(60);
  });

  it("takes the login in any case, and a trailing slash", async () => {
    const body = { login: ada.login.toUpperCase(), password: ada.password };
    expect((await call("POST", "/sessions/", { body })).statusCode).toBe(200);
  });

  it("says the same of a wrong password and an unknown login", async () => {
    const wrong = { login: ada.login, password: "not the password" };
    const unknown = { login: "nobody.at.all", password: "not the password" };
    const [one, other] = await Promise.all(
      [wrong, unknown].map((body) => call("POST", "/sessions", { body })),
    );
    expect([one?.statusCode, other?.statusCode]).toEqual([401, 401]);
    const { request_id: _, ...problem } = one?.json() ?? {};
    expect(other?.json()).toMatchObject(problem);
  });
});

describe("a token", () => {
  const claims = () => ({ sub: ada.id, iss: "steadfast", iat: now(), exp: now() + 3600 });

  it("is made as the API checks it (the refusals below mean something)", async () => {
    expect(await statusWith(sign(claims()))).toBe(200);
  });

  it.each<[string, () => string]>([
    ["that is forged with another secret", () => sign(claims(), { secret: "x".repeat(40) })],
    ["whose claims were changed", () => tampered(ada.token)],
    ["without a signature", () => ada.token.split(".").slice(0, 2).join(".")],
    ["that names no key", () => sign(claims(), { kid: undefined })],
    ["that names another key", () => sign(claims(), { kid: "AAAAAAAA" })],
    ["with an empty signature", () => `${ada.token.split(".").slice(0, 2).join(".")}.`],
    ["with alg none", () => sign(claims(), { alg: "none", signature: "" })],
    ["with alg None and a signature", () => sign(claims(), { alg: "None" })],
    ["with another algorithm", () => sign(claims(), { alg: "HS512", hash: "sha512" })],
    ["of another issuer", () => sign({ ...claims(), iss: "somebody" })],
    ["of no issuer", () => sign({ ...claims(), iss: undefined })],
    ["that has expired", () => sign({ ...claims(), iat: now() - 3601, exp: now() - 1 })],
    ["that never expires", () => sign({ ...claims(), exp: undefined })],
    ["of nobody", () => sign({ ...claims(), sub: undefined })],
    ["that is not yet good", () => sign({ ...claims(), nbf: now() + 600 })],
    ["that is rubbish", () => "rubbish"],
    ["that is 12 KB long", () => "a".repeat(12_000)],
  ])("%s is refused", async (_kind, token) => {
    const answer = await change(token());
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  it.each([
    ["Basic", () => `Basic ${ada.token}`],
    ["no scheme", () => ada.token],
    ["two tokens", () => `Bearer ${ada.token} ${ada.token}`],
    ["nothing", () => "Bearer "],
  ])("sent as %s is refused", async (_kind, authorization) => {
    const body = input();
    const headers = { authorization: authorization() };
    const answer = await call("PUT", `/users/${ada.id}`, { body, headers });
    expect(answer.statusCode).toBe(401);
  });

  it("that was found good is still refused with other claims, and when it has expired", async () => {
    const token = sign(claims());
    expect(await statusWith(token)).toBe(200);
    expect(await statusWith(tampered(token))).toBe(401);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_601_000 });
    try {
      expect(await statusWith(token)).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it("that is missing is asked for", async () => {
    const answer = await call("DELETE", `/users/${ada.id}`);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="steadfast"');
  });

  it("of another user opens nothing", async () => {
    const { token } = await register(api, "Eve");
    expect(await statusWith(token)).toBe(403);
    expect((await call("DELETE", `/users/${ada.id}`, { token })).statusCode).toBe(403);
    expect((await call("GET", `/users/${ada.id}`)).statusCode).toBe(200);
  });

  it("of another deployment opens nothing", async () => {
    expect(await statusWith(otherDeployment.app.tokens.sign({ id: ada.id, epoch: "0" }))).toBe(401);
  });
});

describe("the secret that signs tokens", () => {
  const [long, short] = ["x".repeat(32), "x".repeat(31)];

  it.each([{ value: short }, { value: long, previous: short }, { value: long, next: short }])(
    "must have keys of 32 bytes, unlike %j",
    async (tokenSecret) => {
      await expect(startApi({ tokenSecret })).rejects.toThrow(
        /^The link TokenSecret is too short: it must have at least 32 bytes/,
      );
    },
  );
});

function input() {
  return { name: randomUUID(), login: ada.login, password: ada.password };
}

function change(token: string) {
  return call("PUT", `/users/${ada.id}`, { token, body: input() });
}

async function statusWith(token: string): Promise<number> {
  return (await change(token)).statusCode;
}

interface Signing {
  kid?: string | undefined;
  alg?: string;
  hash?: string;
  secret?: string;
  signature?: string;
}

/** Forges a token, as an attacker would. */
function sign(claims: object, options: Signing = {}): string {
  const { alg = "HS256", hash = "sha256", secret = SECRET } = options;
  const { kid } = { ...headerOf(ada.token), ...options };
  const signed = `${encode({ alg, typ: "JWT", kid })}.${encode(claims)}`;
  const signature = createHmac(hash, secret).update(signed).digest("base64url");
  return `${signed}.${options.signature ?? signature}`;
}

function tampered(token: string): string {
  const [header, , signature] = token.split(".");
  return `${header}.${encode({ ...claimsOf(token), exp: now() + 9999 })}.${signature}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function claimsOf(token: string) {
  return decode(token.split(".")[1]);
}

function headerOf(token: string) {
  return decode(token.split(".")[0]);
}

function decode(part = "") {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
