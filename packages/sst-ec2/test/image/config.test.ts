import { describe, expect, test } from "vitest";
import { type Accounts, type ImageConfig, readProgram } from "../../src/image/config.ts";

const ACCOUNTS: Accounts = {
  passwd: "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001:Node:/home/node:/bin/sh\n",
  group: "root:x:0:\nnode:x:1001:\nweb:x:33:node\n",
};

const read = (config: Partial<ImageConfig>, command?: string[]) =>
  readProgram({ architecture: "arm64", Cmd: ["server"], ...config }, ACCOUNTS, command);

describe("the program of an image", () => {
  test("is its entry point, then its command", () => {
    expect(read({ Entrypoint: ["/entry.sh", "-x"], Cmd: ["run"] }).command).toEqual([
      "/entry.sh",
      "-x",
      "run",
    ]);
  });

  test("has another command where the service says so", () => {
    const config = { Entrypoint: ["/entry.sh"], Cmd: ["run"] };
    expect(read(config, ["migrate", "--all"]).command).toEqual(["/entry.sh", "migrate", "--all"]);
  });

  test("is found from the working directory, or by PATH", () => {
    expect(read({ WorkingDir: "/app", Cmd: ["./server"] }).command).toEqual(["/app/server"]);
    expect(read({ WorkingDir: "/app", Cmd: ["bin/server"] }).command).toEqual(["/app/bin/server"]);
    expect(read({ Cmd: ["node", "./server.js"] }).command).toEqual(["node", "./server.js"]);
  });

  test("must be there", () => {
    expect(() => read({ Cmd: null })).toThrow("neither ENTRYPOINT nor CMD");
  });

  test("has the image's variables, with equals signs in them, and Docker's PATH where it has none", () => {
    expect(read({ Env: ["A=b=c", "EMPTY="] }).environment).toEqual({
      A: "b=c",
      EMPTY: "",
      HOME: "/root",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    });
    expect(read({ Env: ["PATH=/opt/bin"] }).environment.PATH).toBe("/opt/bin");
  });

  test.each([
    ["", { uid: 0, gid: 0 }],
    ["node", { uid: 1000, gid: 1001 }],
    ["1000", { uid: 1000, gid: 1001 }],
    ["4711", { uid: 4711, gid: 0 }],
    ["node:web", { uid: 1000, gid: 33 }],
    ["4711:4712", { uid: 4711, gid: 4712 }],
  ])('runs as USER "%s" means', (User, user) => {
    expect(read({ User }).user).toEqual(user);
  });

  test("is at home where its user is", () => {
    expect(read({ User: "node" }).environment.HOME).toBe("/home/node");
    expect(read({ User: "4711" }).environment.HOME).toBe("/");
    expect(read({ User: "node", Env: ["HOME=/app"] }).environment.HOME).toBe("/app");
  });

  test("cannot run as somebody whom the image does not know", () => {
    expect(() => read({ User: "app" })).toThrow('"app" is not in its /etc/passwd');
    expect(() => read({ User: "node:app" })).toThrow('"app" is not in its /etc/group');
  });

  test.each([
    [undefined, "SIGTERM"],
    ["SIGQUIT", "SIGQUIT"],
    ["quit", "SIGQUIT"],
    ["3", "3"],
  ])("ends by STOPSIGNAL %s", (StopSignal, signal) => {
    expect(read(StopSignal ? { StopSignal } : {}).stopSignal).toBe(signal);
  });
});
