/**
 * The resources of a stage: those that the program of `sst.config.ts` creates under Pulumi's mocks. Needs
 * neither an AWS account nor Pulumi's engine, and takes seconds.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type OutputFile, type Plugin } from "esbuild";
import { root } from "../common/root.ts";
import { installPlatform } from "./graph/platform.ts";
import type { GraphRequest, Recorded } from "./graph/resource.ts";

/** SST's components, and the one instance of Pulumi that they share. */
const PLATFORM = join(root, ".sst/platform");

const COMPILE_CACHE = join(root, "node_modules/.cache/steadfast/compiled");

/**
 * The resources of a stage.
 *
 * @param stage Its name; one that `infra/stages.ts` does not know is a personal stage.
 * @param choices Options of the stage to change first.
 * @throws What the program throws, such as a wrong option of the stage.
 *
 * @example
 * ```ts
 * const resources = await resourceGraph("prod", { nat: "managed" });
 * ```
 */
export async function resourceGraph(
  stage: string,
  choices: GraphRequest["choices"] = {},
): Promise<Recorded[]> {
  const [graph] = await resourceGraphs([{ stage, choices }]);
  return graph as Recorded[];
}

/** The resources of several stages or choices; much faster than one by one. */
export async function resourceGraphs(requests: GraphRequest[]): Promise<Recorded[][]> {
  await installPlatform();
  return await run(await bundle(), requests);
}

interface Answer {
  graphs?: Recorded[][];
  error?: string;
}

async function run(file: string, requests: GraphRequest[]): Promise<Recorded[][]> {
  const child = fork(file, {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Pulumi's provider is so large that compiling it takes a second.
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  child.send(requests);
  const { graphs, error } = await Promise.race<Answer>([
    once(child, "message").then(([answer]) => answer as Answer),
    once(child, "close").then(([code]) => ({
      error: said.trim().split("\n").at(-1) || `the program ended with ${code}`,
    })),
  ]);
  if (!graphs) throw new Error(error);
  return graphs;
}

/**
 * Bundles program and components without Pulumi, as SST does. The file is named by its content, so that
 * concurrent commands do not collide.
 */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "tools/stage/graph/child.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node24",
    logLevel: "error",
    plugins: [workspaceOnly, noArtifact],
  });
  const { contents, hash } = outputFiles[0] as OutputFile;
  const file = join(PLATFORM, `graph/${hash.replaceAll(/\W/g, "-")}.mjs`);
  if (existsSync(file)) return file;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, contents);
  await rename(`${file}.${process.pid}`, file);
  return file;
}

/**
 * Bundles the repository's files; packages stay external, except one that SST's platform has in another
 * version.
 */
const workspaceOnly: Plugin = {
  name: "workspace-only",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path }) =>
      /^(@sinclair|@steadfast|sst-ec2)(\/|$)/.test(path) ? undefined : { path, external: true },
    );
  },
};

const noArtifact: Plugin = {
  name: "no-artifact",
  setup({ onResolve }) {
    onResolve({ filter: /\/build-artifact\.ts$/ }, () => ({
      path: join(root, "tools/stage/graph/no-artifact.ts"),
    }));
  },
};
