import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "../../tools/common/root.ts";

/** Where `npm start` serves, with the same variable. */
export function localUrl({ PORT }: NodeJS.ProcessEnv = process.env): string {
  return `http://127.0.0.1:${PORT || 3000}`;
}

/** Milliseconds until the target counts as down. */
const PATIENCE = 10_000;

/**
 * Checks that the target answers before a run begins.
 *
 * @throws with one line that says what to do
 */
export async function mustAnswer(url: string): Promise<void> {
  await fetch(url, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => {
    throw new Error(`nothing answers at ${url}: run npm start, or give --url or --stage`);
  });
}

/** The part of `sst state export` that is read. */
interface State {
  latest?: { resources?: { type: string; outputs?: Record<string, unknown> }[] };
}

/**
 * A deployed stage's address: the output `url` in SST's state. `.sst/outputs.json` does not say
 * which stage it belongs to.
 *
 * @throws one line that says what to do
 */
export async function urlOfStage(stage: string): Promise<string> {
  let state: string;
  try {
    const { stdout } = await promisify(execFile)("sst", ["state", "export", "--stage", stage], {
      cwd: root,
      maxBuffer: 256 * 1024 * 1024,
    });
    state = stdout;
  } catch (error) {
    const { stderr = "", stdout = "", message } = error as Error & Record<string, string>;
    throw new Error(`SST cannot read stage ${stage}: ${reasonIn(stderr + stdout) || message}`);
  }
  return urlIn(state, stage);
}

/** Finds the output `url` in a stage's state. @throws with one line when there is none */
export function urlIn(state: string, stage: string): string {
  const { latest }: State = JSON.parse(state.slice(Math.max(state.indexOf("{"), 0)) || "{}");
  const stack = latest?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  const url = stack?.outputs?.url;
  if (typeof url === "string") return url;
  throw new Error(`Stage ${stage} is not deployed: npx sst deploy --stage ${stage}`);
}

/** SST's message after its cross; other lines, such as about telemetry, may follow. */
export function reasonIn(output: string): string | undefined {
  const lines = output.trim().split("\n");
  const failed = lines.find((line) => line.startsWith("✕"));
  return (failed?.slice(1) ?? lines.at(-1))?.trim();
}
