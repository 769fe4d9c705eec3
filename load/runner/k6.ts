import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import which from "which";

/** The version used in CI; any from 1.0 works. */
const VERSION = "v1.8.1";

/**
 * The k6 of `K6_BIN`, or from the `PATH`.
 *
 * @throws one line that says how to install it on this system
 */
export function findK6(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.K6_BIN;
  const found = which.sync(named || "k6", { nothrow: true, path: env.PATH ?? "" });
  if (found) return found;
  if (named) throw new Error(`K6_BIN is ${named}, which is no program.`);
  throw new Error(`k6 is missing: ${howToInstall(process.platform)}, or set K6_BIN to its path.`);
}

/** What to type to get k6. */
export function howToInstall(platform: NodeJS.Platform): string {
  const go = `go install go.k6.io/k6@${VERSION}`;
  if (platform === "darwin") return `brew install k6, or ${go}`;
  if (platform === "win32") return `winget install k6, or ${go}`;
  return `${go}, or a package (https://grafana.com/docs/k6/latest/set-up/install-k6/)`;
}

/** @throws one line for a version before 1.0, which cannot run TypeScript */
export function k6Version(k6: string): string {
  const line = execFileSync(k6, ["version"], { encoding: "utf8" });
  const [, version = "", major = ""] = line.match(/v((\d+)\.\d+\.\d+)/) ?? [];
  if (Number(major) >= 1) return version;
  throw new Error(`${k6} is ${line.trim()}; 1.0 or later is needed.`);
}

/** k6's exit code for a broken threshold, and ours for an untested one. */
export const BROKEN = 99;

/** Variables about output and the cloud account. k6's other variables change a run. */
const HARMLESS =
  /^K6_(BIN|OUT|CLOUD_\w+|DATADOG_\w+|INFLUXDB_\w+|OTEL_\w+|PROMETHEUS_\w+|STATSD_\w+)$/;

/**
 * Removes variables that would change the scenario, such as `K6_ITERATIONS` or `K6_NO_TEARDOWN`, and
 * reports them.
 */
export function withoutOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const options = Object.keys(env).filter((name) => /^K6_/.test(name) && !HARMLESS.test(name));
  if (options.length > 0) {
    console.error(`${options.join(", ")}: not used, as the scenario decides; see --help.`);
  }
  return Object.fromEntries(Object.entries(env).filter(([name]) => !options.includes(name)));
}

/**
 * Runs k6 on this terminal, so that its own progress shows.
 *
 * It leads its own process group: Ctrl-C reaches only this script, which passes it on once. k6
 * treats the first as a request to stop gracefully, including teardown, and a second as an order to
 * quit.
 *
 * @param interruptible resolves once k6 may be interrupted; before setup is done it would leave what
 *   it created
 * @returns its exit code
 */
export async function runK6(
  k6: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  interruptible: () => Promise<void> = async () => {},
): Promise<number> {
  const child = spawn(k6, args, { env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const restore = passOn(child, interruptible);
  try {
    const [code, signal] = await once(child, "exit");
    if (signal) throw new Error(`k6 was ended by ${signal}; what it made may be left.`);
    return code;
  } finally {
    restore();
  }
}

function passOn(child: ChildProcess, interruptible: () => Promise<void>): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let asked = false;
  const pass = async () => {
    if (!asked) {
      asked = true;
      console.error("\nStopping: k6 deletes what the run made. Once more to leave it.");
      await interruptible();
    }
    // k6 treats SIGINT and SIGTERM alike; a lost terminal also ends it gracefully.
    child.kill("SIGINT");
  };
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}
