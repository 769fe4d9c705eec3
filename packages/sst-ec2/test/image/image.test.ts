/** Images, built and unpacked by what this machine has; `.ci/run` installs Buildah where there is nothing. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../../src/image/engine.ts";
import { buildImage } from "../../src/image/image.ts";

const arch = process.arch === "arm64" ? "arm64" : "x64";
const foreign = arch === "arm64" ? "x64" : "arm64";

const engine = await Engine.find().catch(() => undefined);

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "image-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DOCKERFILE = `
FROM scratch AS base
COPY server greeting /app/
FROM base AS debug
ENV DEBUG=yes
FROM base
ARG NAME=world
ENV NAME=$NAME
USER 1000:1001
WORKDIR /app
STOPSIGNAL SIGQUIT
ENTRYPOINT ["./server"]
CMD ["--verbose"]
`;

let count = 0;

/** A build context of its own. */
function context(greeting = "hello", dockerfile = DOCKERFILE): string {
  const folder = `context-${count++}`;
  mkdirSync(join(root, folder));
  writeFileSync(join(root, folder, "greeting"), greeting);
  writeFileSync(join(root, folder, "server"), "#!/bin/sh\n");
  chmodSync(join(root, folder, "server"), 0o755);
  writeFileSync(join(root, folder, "Dockerfile"), dockerfile);
  return folder;
}

const build = (source: Parameters<typeof buildImage>[0]["source"], on: typeof arch = arch) =>
  buildImage({ service: "api", source, arch: on, root, out: join(root, "out") });

describe.skipIf(!engine)("an image", () => {
  test("becomes an archive and a program", async () => {
    const { app, program, hasAuthorities } = await build({ context: context() });
    expect(program).toEqual({
      command: ["/app/server", "--verbose"],
      environment: expect.objectContaining({ NAME: "world", PATH: expect.any(String) }),
      workingDirectory: "/app",
      user: { uid: 1000, gid: 1001 },
      stopSignal: "SIGQUIT",
    });
    expect(hasAuthorities).toBe(false);
    const listing = execFileSync("tar", ["--list", "--verbose", "--file", app.path]).toString();
    expect(listing).toMatch(/^-rwxr-xr-x 0\/0 .* app\/server$/m);
    expect(app.key).toBe(`app-api-${app.sha256.slice(0, 16)}.tar.gz`);
  });

  test("has the same name when it is built again, and another one when a file changes", async () => {
    const one = await build({ context: context() });
    const again = await build({ context: context() });
    expect(again.app.sha256).toBe(one.app.sha256);
    const other = await build({ context: context("another greeting") });
    expect(other.app.sha256).not.toBe(one.app.sha256);
  });

  test("takes build arguments, a target and another Dockerfile", async () => {
    const folder = context();
    const { program } = await build({ context: folder, args: { NAME: "you" } });
    expect(program.environment.NAME).toBe("you");
    const debug = `${DOCKERFILE.replace("FROM base AS debug", 'FROM base AS debug\nCMD ["/bin/d"]')}`;
    writeFileSync(join(root, folder, "other.Dockerfile"), debug);
    const other = { context: folder, dockerfile: "other.Dockerfile", target: "debug" };
    expect((await build(other)).program).toMatchObject({
      command: ["/bin/d"],
      environment: { DEBUG: "yes" },
      user: { uid: 0, gid: 0 },
    });
  });

  test("that cannot be built says what the engine said", async () => {
    const broken = "FROM scratch\nCOPY missing /\n";
    await expect(build({ context: context("hello", broken) })).rejects.toThrow(/missing/);
  });

  test("by reference is looked at as it is here", async () => {
    const tag = "localhost/sst-ec2-test:1";
    const folder = join(root, context());
    execFileSync(engine?.name ?? "", ["build", "--tag", tag, folder], { stdio: "pipe" });
    const { program } = await build(tag);
    expect(program.command).toEqual(["/app/server", "--verbose"]);
    await expect(build(tag, foreign)).rejects.toThrow(/the instances are linux/);
    execFileSync(engine?.name ?? "", ["rmi", tag], { stdio: "pipe" });
  });
});
