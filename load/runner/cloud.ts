import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

const REACH_SECONDS = 5;

/**
 * Checks that a run in Grafana Cloud can start: there is a token, and the service answers.
 *
 * @throws one line that says what to do
 */
export async function checkCloud(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const host = env.K6_CLOUD_HOST || "https://ingest.k6.io";
  if (!env.K6_CLOUD_TOKEN && !(await loggedIn(env))) {
    throw new Error(
      "Grafana Cloud needs a token: set K6_CLOUD_TOKEN, or log in once with k6 cloud login.",
    );
  }
  const project = env.K6_CLOUD_PROJECT_ID;
  if (project && !/^[1-9]\d*$/.test(project)) {
    throw new Error(`K6_CLOUD_PROJECT_ID is ${project}; it must be the project's number.`);
  }
  try {
    // Any answer will do.
    await fetch(host, { method: "HEAD", signal: AbortSignal.timeout(REACH_SECONDS * 1000) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    const reason = cause?.code ?? cause?.message ?? message;
    throw new Error(`Grafana Cloud (${host}) cannot be reached: ${reason}.`);
  }
}

/** Whether `k6 cloud login` stored a token. */
async function loggedIn(env: NodeJS.ProcessEnv): Promise<boolean> {
  const text = await readFile(configFile(env), "utf8").catch(() => "{}");
  try {
    return Boolean(JSON.parse(text).collectors?.cloud?.token);
  } catch {
    return false;
  }
}

/** The user's configuration folder, as Go defines it. */
function configFile(env: NodeJS.ProcessEnv): string {
  const home = homedir();
  const folder =
    process.platform === "darwin"
      ? join(home, "Library/Application Support")
      : process.platform === "win32"
        ? (env.APPDATA ?? home)
        : env.XDG_CONFIG_HOME || join(home, ".config");
  return join(folder, "k6/config.json");
}
