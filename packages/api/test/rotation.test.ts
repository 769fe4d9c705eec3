import { describe, expect, it, onTestFinished } from "vitest";
import { HOURS_BETWEEN, newKeys, rotatedKeys, type TokenKeys } from "../src/token-keys.ts";
import { TOKEN_LIFETIME } from "../src/tokens.ts";
import { newLogin } from "./support/api.ts";
import { listening, spawnApi } from "./support/api-process.ts";

const before = await newKeys();
const after = await rotatedKeys(before);
const later = await rotatedKeys(after, hoursAfter(after.rotated, HOURS_BETWEEN));
const reset = await newKeys();

const password = "correct horse battery";

describe("two instances of a rollout that rotates the token secret", async () => {
  it.each<[string, TokenKeys, TokenKeys]>([
    ["the first rotation", before, after],
    ["the next one", after, later],
  ])("in %s accept each other's tokens", async (_name, old, fresh) => {
    const instances = await Promise.all([start(old), start(fresh)]);
    const [one, other] = instances as [Instance, Instance];
    const ada = await one.register();
    const tokens = [await one.logIn(ada), await other.logIn(ada)];
    expect(keyOf(tokens[0])).not.toBe(keyOf(tokens[1]));
    for (const token of tokens) {
      expect(await one.changeWith(token, ada)).toBe(200);
      expect(await other.changeWith(token, ada)).toBe(200);
    }
  });

  it("that resets it accept none of each other's tokens", async () => {
    const [one, other] = await Promise.all([start(before), start(reset)]);
    const ada = await one.register();
    expect(await other.changeWith(await one.logIn(ada), ada)).toBe(401);
    expect(await one.changeWith(await other.logIn(ada), ada)).toBe(401);
    expect(await other.changeWith(await other.logIn(ada), ada)).toBe(200);
  });
});

describe("a key", () => {
  it("is forgotten by the second rotation after it signed", async () => {
    const [one, other] = await Promise.all([start(before), start(later)]);
    const ada = await one.register();
    expect(await other.changeWith(await one.logIn(ada), ada)).toBe(401);
  });

  it("is forgotten no sooner than the last token that it signed has ended", () => {
    const SLOWEST_ROLLOUT = 3600;
    expect(HOURS_BETWEEN * 3600).toBeGreaterThanOrEqual(TOKEN_LIFETIME + SLOWEST_ROLLOUT);
  });
});

interface Person {
  id: string;
  login: string;
}

type Instance = Awaited<ReturnType<typeof start>>;

/** The API as a process, with the links that a deploy would give it. */
async function start({ value, previous, next }: TokenKeys) {
  const link = JSON.stringify({ type: "sst.sst.Linkable", value, previous, next });
  const api = spawnApi({ env: { SST_RESOURCE_TokenSecret: link } });
  onTestFinished(() => void api.child.kill("SIGKILL"));
  const address = await listening(api);
  const send = (method: string, path: string, body: object, token?: string) =>
    fetch(address + path, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  return {
    async register(): Promise<Person> {
      let login = "";
      const answer = await patiently(() => {
        login = newLogin();
        return send("POST", "/users/", { name: "Ada", login, password });
      });
      const { id } = (await answer.json()) as { id: string };
      return { id, login };
    },
    async logIn({ login }: Person): Promise<string> {
      const answer = await patiently(() => send("POST", "/sessions", { login, password }));
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    async changeWith(token: string, { id, login }: Person): Promise<number> {
      const body = { name: "Ada", login, password };
      return (await patiently(() => send("PUT", `/users/${id}`, body, token))).status;
    },
  };
}

/** Retries after a 503, as clients do: on a busy machine the database may be late. */
async function patiently(ask: () => Promise<Response>): Promise<Response> {
  const answer = await ask();
  return answer.status === 503 ? patiently(ask) : answer;
}

/** The id of the key that signed a token. */
function keyOf(token = ""): string {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
}

function hoursAfter(time: string, hours: number): Date {
  return new Date(Date.parse(time) + hours * 3_600_000);
}
