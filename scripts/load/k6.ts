import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import which from "which";

/** Where pull requests are tested with; any from 1.0 on does. */
const VERSION = "v1.8.1";

/**
 * The k6 that `K6_BIN` names, or one on the `PATH`.
 *
 * @throws with one line that says how to get it on this system
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

/** @throws with one line when it is older than 1.0, which does not run TypeScript as it is */
export function k6Version(k6: string): string {
  const line = execFileSync(k6, ["version"], { encoding: "utf8" });
  const [, version = "", major = ""] = line.match(/v((\d+)\.\d+\.\d+)/) ?? [];
  if (Number(major) >= 1) return version;
  throw new Error(`${k6} is ${line.trim()}; 1.0 or later is needed.`);
}

/** k6's exit code for a broken threshold, and ours for one that was not tested. */
export const BROKEN = 99;

/** Where results go besides, and for whom a run in the cloud is. The other variables of k6 change a run. */
const HARMLESS =
  /^K6_(BIN|OUT|CLOUD_\w+|DATADOG_\w+|INFLUXDB_\w+|OTEL_\w+|PROMETHEUS_\w+|STATSD_\w+)$/;

/**
 * The environment without what would have k6 run something else than the scenario, such as
 * `K6_ITERATIONS` or `K6_NO_TEARDOWN`. Says what it leaves out.
 */
export function withoutOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const options = Object.keys(env).filter((name) => /^K6_/.test(name) && !HARMLESS.test(name));
  if (options.length > 0) {
    console.error(`${options.join(", ")}: not used, as the scenario decides; see --help.`);
  }
  return Object.fromEntries(Object.entries(env).filter(([name]) => !options.includes(name)));
}

/**
 * Runs k6 with this terminal, so that its own progress shows.
 *
 * It leads a process group of its own: Ctrl-C reaches this script alone, which passes it on once.
 * k6 takes the first one as a wish to end in order, teardown included, and a second as an order to
 * drop everything.
 *
 * @param interruptible resolves when k6 may be interrupted; what it makes in setup it leaves when
 *   that comes before setup is done
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
    // k6 knows SIGINT and SIGTERM alike; a lost terminal is a reason to end in order, too.
    child.kill("SIGINT");
  };
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}
