/** SST's own builder, which answers at the address that SST gives its components. */
import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { Architecture } from "../service/instance-type.ts";

/** SST's builder is internal, unavailable here, and may change. */
export class NoBuilder extends Error {}

interface Answer {
  result?: { out: string; errors: string[] };
  error?: string | null;
}

/**
 * Bundles a program as SST bundles a function's handler.
 *
 * @returns The folder, with `server.mjs`.
 * @throws {NoBuilder} When there is none to ask; else what the bundler said.
 */
export async function runtimeBuild(args: {
  name: string;
  entry: string;
  architecture: Architecture;
  nodejs: object;
}): Promise<string> {
  const server = process.env.SST_SERVER;
  if (!server) throw new NoBuilder();
  const { result, error } = await ask(server, {
    functionID: `${args.name}Service`,
    handler: handlerOf(args.entry),
    bundle: "",
    runtime: "nodejs24.x",
    links: {},
    copyFiles: [],
    properties: {
      ...args.nodejs,
      architecture: args.architecture === "x64" ? "x86_64" : "arm64",
    },
    dev: false,
  });
  if (error?.startsWith("rpc: can't find") || (!result && !error)) throw new NoBuilder();
  if (!result) throw new Error(error ?? "");
  if (result.errors.length > 0) throw new Error(result.errors.join("\n"));
  const program = join(result.out, "server.mjs");
  if (existsSync(join(result.out, "bundle.cjs")))
    await writeFile(program, 'import "./bundle.cjs";\n');
  else await rename(join(result.out, "bundle.mjs"), program);
  return result.out;
}

/** As a function's: a name after the file's instead of its extension. */
function handlerOf(entry: string): string {
  const file = isAbsolute(entry) ? relative($cli.paths.root, entry) : entry;
  return file.replace(/\.[cm]?[jt]sx?$/, ".main");
}

async function ask(server: string, input: object): Promise<Answer> {
  try {
    const response = await fetch(`${server}/rpc`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "1.0", method: "Runtime.Build", params: [input] }),
    });
    if (!response.ok) throw new NoBuilder();
    return (await response.json()) as Answer;
  } catch (error) {
    throw new NoBuilder((error as Error).message);
  }
}
