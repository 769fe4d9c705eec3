import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Archive } from "sst-ec2/archive";
import { extract } from "tar";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildApp } from "../artifact.ts";
import { bundle } from "../bundle.ts";

const ENTRY = "packages/api/src/server.ts";
const SECRET = "a secret of at least thirty-two bytes, not to be seen";
const LINKS = {
  SST_RESOURCE_App: JSON.stringify({ name: "steadfast", stage: "test" }),
  SST_RESOURCE_Users: JSON.stringify({ name: "UsersTable", type: "sst.aws.Dynamo" }),
  SST_RESOURCE_Logins: JSON.stringify({ name: "LoginsTable", type: "sst.aws.Dynamo" }),
  SST_RESOURCE_Posts: JSON.stringify({ name: "PostsTable", type: "sst.aws.Dynamo" }),
  SST_RESOURCE_Removals: JSON.stringify({ name: "RemovalsTable", type: "sst.aws.Dynamo" }),
  SST_RESOURCE_TokenSecret: JSON.stringify({ value: SECRET, type: "sst.sst.Secret" }),
};

let root: string;
let app: string;
let archive: Archive;
let parameters: Record<string, string>;
let ssm: Server;
let running: ChildProcess | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bundle-test-"));
  archive = await buildApp({ service: "api", entry: ENTRY, out: root });
  app = join(root, "app");
  await mkdir(app);
  await extract({ file: archive.path, cwd: app });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A minimal SSM for the starter: GetParameter, by name and version. */
beforeEach(async () => {
  ssm = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const value =
      request.headers["x-amz-target"] === "AmazonSSM.GetParameter" && body.WithDecryption;
    const Value = value ? parameters[body.Name] : undefined;
    response.writeHead(Value === undefined ? 400 : 200, {
      "content-type": "application/x-amz-json-1.1",
    });
    response.end(
      JSON.stringify(
        Value === undefined
          ? { __type: "ParameterNotFound" }
          : { Parameter: { Name: body.Name, Value } },
      ),
    );
  }).listen(0, "127.0.0.1");
  await once(ssm, "listening");
});
afterEach(async () => {
  running?.kill("SIGKILL");
  ssm.closeAllConnections();
  ssm.close();
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Starts the unpacked archive as systemd would, without this process's environment. */
function start(names: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(app, "start.mjs")], {
    cwd: root,
    env: {
      NODE_ENV: "production",
      PORT: "0",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(ssm)}`,
      LINKS_PARAMETERS: names.join(","),
      ...environment,
    },
  });
  running = child;
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  return { child, output };
}

async function listening({ child, output }: ReturnType<typeof start>): Promise<string> {
  while (true) {
    const url = /listening at (http:[^"]+)/.exec(output.stdout)?.[1];
    if (url) return url;
    if (child.exitCode !== null) throw new Error(`it ended: ${output.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("the application's archive", () => {
  it("has the same hash when it is built again", async () => {
    const out = join(root, "again");
    await mkdir(out);
    expect((await buildApp({ service: "api", entry: ENTRY, out })).sha256).toBe(archive.sha256);
  });

  it("has the same files wherever the checkout and the folder for it are", async () => {
    const elsewhere = join(root, "some/where/else");
    await bundle({ entry: ENTRY, folder: elsewhere });
    const files = async (folder: string) =>
      (await readdir(folder)).filter((name) => /\.mjs(\.map)?$/.test(name)).sort();
    expect(await files(elsewhere)).toEqual(await files(app));
    for (const file of await files(app)) {
      const [here, there] = await Promise.all(
        [app, elsewhere].map((folder) => readFile(join(folder, file), "utf8")),
      );
      expect(there === here, file).toBe(true);
    }
    const { sources } = JSON.parse(await readFile(join(elsewhere, "start.mjs.map"), "utf8"));
    expect(sources).toContain("../packages/sst-ec2/src/instance/start.ts");
  });

  it("runs with links from several parameters, joined in their order", async () => {
    const text = JSON.stringify(LINKS);
    parameters = { "/links/b:7": text.slice(0, 100), "/links/a:2": text.slice(100) };
    const service = start(["/links/b:7", "/links/a:2"]);
    const url = await listening(service);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    service.child.kill("SIGTERM");
    const [code] = await once(service.child, "close");
    expect(code).toBe(0);
    expect(service.output.stdout + service.output.stderr).not.toContain(SECRET);
  });

  it("gives signs of life where systemd has a folder for it, and none while it is stopped", async () => {
    const runtime = join(root, "run/api/1");
    await mkdir(runtime, { recursive: true });
    parameters = { "/links": JSON.stringify(LINKS) };
    const service = start(["/links"], { RUNTIME_DIRECTORY: runtime });
    await listening(service);
    const sign = async () => (await stat(join(runtime, "alive"))).mtimeMs;
    const first = await sign();
    await expect.poll(sign).toBeGreaterThan(first);
    service.child.kill("SIGSTOP");
    const last = await sign();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await sign()).toBe(last);
    service.child.kill("SIGCONT");
    await expect.poll(sign).toBeGreaterThan(last);
    service.child.kill("SIGTERM");
    await once(service.child, "close");
  });

  // #region quotes
  it("logs in to the quotes' database by IAM: away it is a 503, and no mistake of the bundle", async () => {
    const link = { host: "127.0.0.1", port: 1, database: "quotes", username: "reader", iam: true };
    const reader = { SST_RESOURCE_PostgresReader: JSON.stringify(link) };
    parameters = { "/links": JSON.stringify({ ...LINKS, ...reader }) };
    const url = await listening(start(["/links"]));
    expect((await fetch(`${url}/quotes/latest`)).status).toBe(503);
  });
  // #endregion quotes

  it("sends metrics and traces where it is told to, which it carries apart from the rest", async () => {
    const taken: string[] = [];
    const collector = createServer(async (request, response) => {
      await request.toArray();
      taken.push(String(request.url));
      response.end("{}");
    }).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const told = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${portOf(collector)}` };
    const share = { OTEL_TRACES_SAMPLER_ARG: "1" };
    parameters = { "/links": JSON.stringify({ ...LINKS, ...told, ...share }) };
    const service = start(["/links"]);
    await fetch(`${await listening(service)}/health/live`);
    service.child.kill("SIGTERM");
    await once(service.child, "close");
    collector.close();
    expect(taken.toSorted()).toEqual(["/v1/metrics", "/v1/traces"]);
    expect(await readFile(join(app, "server.mjs"), "utf8")).not.toContain("BatchSpanProcessor");
  });

  it("brings Swagger UI's files", async () => {
    parameters = { "/links": JSON.stringify(LINKS) };
    const url = await listening(start(["/links"]));
    const script = await fetch(`${url}/docs/static/swagger-ui-bundle.js`);
    expect(script.status).toBe(200);
    expect((await script.text()).length).toBeGreaterThan(1_000_000);
    expect((await fetch(`${url}/docs/json`)).status).toBe(200);
  });

  it("keeps a source map for each of its files, without the sources", async () => {
    const files = await readdir(app);
    for (const file of files.filter((name) => name.endsWith(".mjs"))) {
      const map = JSON.parse(await readFile(join(app, `${file}.map`), "utf8"));
      expect(map).not.toHaveProperty("sourcesContent");
    }
    const map = JSON.parse(await readFile(join(app, "server.mjs.map"), "utf8"));
    expect(map.sources.some((source: string) => source.endsWith(ENTRY))).toBe(true);
  });

  it("carries the licence of every package in it, and no aws-sdk 2", async () => {
    const { packages } = JSON.parse(await readFile("node_modules/.package-lock.json", "utf8"));
    const text = await readFile(join(app, "LICENSES.txt"), "utf8");
    const sections = text.split(`\n${"-".repeat(80)}\n\n`);
    const named = new Map(
      sections.map((section) => [section.slice(0, section.indexOf("\n")), section]),
    );
    const used = new Set<string>();
    for (const file of (await readdir(app)).filter((name) => name.endsWith(".map"))) {
      for (const source of JSON.parse(await readFile(join(app, file), "utf8")).sources) {
        const folder =
          /(?:packages\/\w+\/)?node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(
            source,
          )?.[0];
        // What a package bundles is covered by its own licence.
        if (folder && packages[folder]) used.add(folder);
      }
    }
    expect(used.size).toBeGreaterThan(50);
    expect([...used].filter((folder) => folder.endsWith("/aws-sdk"))).toEqual([]);
    for (const folder of used) {
      const heading = `${folder.slice(folder.lastIndexOf("node_modules/") + 13)} ${packages[folder].version}`;
      expect(named.get(heading)?.length, heading).toBeGreaterThan(500);
    }
    expect(text).toContain("SmartBear");
  });

  it("names the version of Swagger UI that it carries", async () => {
    const { devDependencies } = JSON.parse(
      await readFile("node_modules/@fastify/swagger-ui/package.json", "utf8"),
    );
    expect(await readFile(join(app, "LICENSES.txt"), "utf8")).toContain(
      `swagger-ui-dist ${devDependencies["swagger-ui-dist"].replace(/^\^/, "")}\n`,
    );
  });
});

// #region quotes
describe("the collector's archive", () => {
  it("starts, and carries Amazon's certificate authorities", async () => {
    const folder = join(root, "collector");
    await bundle({ entry: "packages/collector/src/server.ts", folder });
    const code = await readFile(join(folder, "server.mjs"), "utf8");
    expect(code.split("BEGIN CERTIFICATE").length).toBeGreaterThan(100);
    const child = spawn(process.execPath, [join(folder, "start.mjs")], {
      env: { CMC_API_KEY: "a key", PORT: "0" },
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [exit] = await once(child, "close");
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(/^cannot start the service: There is no database: set DB_HOST, /),
    ]);
  });
});
// #endregion quotes

describe("a start that fails", () => {
  it.each([
    [
      "a parameter that is missing",
      {},
      /^cannot read the links: \/links: ParameterNotFound: \S+\n$/,
    ],
    [
      "values that are not JSON",
      { "/links": "{" },
      /^cannot read the links: the joined values are not JSON\n$/,
    ],
    [
      "values of the wrong shape",
      { "/links": `["${SECRET}"]` },
      /^cannot read the links: the joined values are not a JSON object of strings\n$/,
    ],
    [
      "a link that the service misses",
      { "/links": JSON.stringify({ ...LINKS, SST_RESOURCE_Posts: "" }) },
      /^cannot start the service: The link Posts is missing .*\n$/,
    ],
  ])("says so in one line without a secret: %s", async (_title, values, expected) => {
    parameters = values as Record<string, string>;
    const { child, output } = start(["/links"]);
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(output.stderr).toMatch(expected);
    expect(output.stderr).not.toContain(SECRET);
  });
});

describe("bundle", () => {
  it("refuses a service that drags in aws-sdk 2", async () => {
    const folder = join(root, "refused");
    await expect(bundle({ entry: "tools/build/test/service/heavy.ts", folder })).rejects.toThrow(
      /the bundle contains aws-sdk/,
    );
  });

  it("says which entry is missing", async () => {
    const folder = join(root, "missing");
    await expect(bundle({ entry: "packages/none/src/server.ts", folder })).rejects.toThrow(
      /packages\/none\/src\/server\.ts/,
    );
  });
});
