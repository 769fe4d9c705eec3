/** Every server of the bench that this machine can run does what it is compared by. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkServer } from "../conformance.ts";
import { bunOnPath, missing } from "../foreign.ts";
import { runtimeOf, SERVERS, type ServerEntry, type ServerName } from "../servers.ts";
import { prepare, type Setting } from "../setting.ts";

let setting: Setting;
beforeAll(async () => {
  setting = await prepare();
}, 120_000);
afterAll(() => setting?.stop());

const names = Object.keys(SERVERS) as ServerName[];
const withDatabase = names.filter((name) => !(SERVERS[name] as ServerEntry).canned);

test.for(withDatabase)(
  "%s answers as the others do",
  { timeout: 120_000 },
  async (name, { skip }) => {
    // Bun and Python are not everybody's; CI has Python. A test does not install Bun, as the bench does.
    const bunless = runtimeOf(name) === "bun" && !bunOnPath();
    const reason = bunless ? "there is no bun on the PATH" : missing(runtimeOf(name));
    if (reason && !(process.env.CI && runtimeOf(name) === "python")) return skip(reason);
    const server = await setting.start(name);
    await checkServer(name, server.url, setting.data);
    const { cpu, rss } = await server.usage();
    expect(cpu).toBeGreaterThan(0);
    expect(rss).toBeGreaterThan(1e7);
    await server.stop();
  },
);

test("a server that answers with what is wrong is found out", async () => {
  const server = await setting.start("fastify");
  await expect(checkServer("fastify", server.url, setting.data)).rejects.toThrow(
    /^fastify: GET user/,
  );
  await server.stop();
});
