/** How a boot finds out that a service has started: by HTTP or by TCP, of real servers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { script } from "../../src/boot/files.ts";

const FUNCTIONS = /^answers\(\)[\s\S]*?(?=^lasts\(\))/m.exec(script("boot.sh"))?.[0] ?? "";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server, host: string): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Whether the boot would take the service for started. */
async function isUp(way: "answers" | "listens", settings: Record<string, string | number>) {
  const assignments = Object.entries(settings).map(([name, value]) => `${name}="${value}"`);
  const child = spawn("bash", [
    "-c",
    ["set -euo pipefail", ...assignments, FUNCTIONS, `if ${way}; then exit 0; fi; exit 9`].join(
      "\n",
    ),
  ]);
  const [code] = await once(child, "close");
  return code === 0;
}

describe("by HTTP", () => {
  it.each([
    [200, "200", true],
    [204, "200", false],
    [204, "200-299", true],
    [401, "200 401", true],
    [404, "200-399", false],
    [503, "200-499", false],
  ])("an answer of %d with good codes %s is up: %s", async (code, codes, up) => {
    const port = await listening(
      createServer((_request, response) => response.writeHead(code).end()),
      "127.0.0.1",
    );
    const settings = { PORT: port, HEALTH_PATH: "/health", HEALTH_CODES: codes };
    expect(await isUp("answers", settings)).toBe(up);
  });

  it("nobody is not up", async () => {
    expect(await isUp("answers", { PORT: 1, HEALTH_PATH: "/", HEALTH_CODES: "200" })).toBe(false);
  });
});

describe("by TCP", () => {
  it.each(["127.0.0.1", "0.0.0.0", "::"])("who takes connections on %s is up", async (host) => {
    const port = await listening(
      createTcpServer((socket) => socket.on("error", () => {})),
      host,
    );
    await expect.poll(() => isUp("listens", { PORT: port })).toBe(true);
  });

  it("nobody is not up", async () => {
    expect(await isUp("listens", { PORT: 1 })).toBe(false);
  });

  it("a socket is not up whose connections nobody takes, as systemd's before its program", async () => {
    const program = `import socket, sys
listener = socket.create_server(("127.0.0.1", 0), backlog=16)
print(listener.getsockname()[1], flush=True)
sys.stdin.readline()
while True: listener.accept()`;
    const child = spawn("python3", ["-c", program]);
    const [line] = await once(child.stdout, "data");
    const settings = { PORT: String(line).trim() };
    expect(await isUp("listens", settings)).toBe(false);
    expect(await isUp("listens", settings)).toBe(false);
    child.stdin.write("\n");
    await expect.poll(() => isUp("listens", settings)).toBe(true);
    child.kill();
  });
});
