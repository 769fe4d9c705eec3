import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkCloud } from "../runner/cloud.ts";

const server = createServer((_, response) => response.writeHead(404).end());
let folder: string;
let here: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-cloud-"));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const env = (more: NodeJS.ProcessEnv) => ({
  XDG_CONFIG_HOME: folder,
  K6_CLOUD_HOST: here,
  ...more,
});

test("says what to do without a token", async () => {
  await expect(checkCloud(env({}))).rejects.toThrow(
    "Grafana Cloud needs a token: set K6_CLOUD_TOKEN, or log in once with k6 cloud login.",
  );
});

test("is content with a token when the service answers, whatever it says", async () => {
  await expect(checkCloud(env({ K6_CLOUD_TOKEN: "x" }))).resolves.toBeUndefined();
});

test.runIf(process.platform === "linux")("finds the token that k6 cloud login left", async () => {
  await mkdir(join(folder, "k6"));
  const settings = { collectors: { cloud: { token: "x" } } };
  await writeFile(join(folder, "k6/config.json"), JSON.stringify(settings));
  await expect(checkCloud(env({}))).resolves.toBeUndefined();
});

test("says that the service cannot be reached", async () => {
  const host = `https://127.0.0.1:${await getPort()}`;
  const away = env({ K6_CLOUD_TOKEN: "x", K6_CLOUD_HOST: host });
  await expect(checkCloud(away)).rejects.toThrow(
    /Grafana Cloud \(.*\) cannot be reached: ECONNREFUSED\.$/,
  );
});

test("refuses a project that is no number", async () => {
  const wrong = env({ K6_CLOUD_TOKEN: "x", K6_CLOUD_PROJECT_ID: "mine" });
  await expect(checkCloud(wrong)).rejects.toThrow("K6_CLOUD_PROJECT_ID is mine");
});
