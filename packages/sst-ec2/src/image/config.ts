/** An image's configuration, and what systemd makes of it. */
import { posix } from "node:path";

/** What the engines say of an image. */
export interface ImageConfig {
  /** `amd64` or `arm64`. */
  architecture: string;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Env?: string[] | null;
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
}

/** Two files of the image, where it has them, by which names become numbers. */
export interface Accounts {
  passwd: string;
  group: string;
}

/** What runs of an image, and as whom. */
export interface ImageProgram {
  /** Program and arguments. The program is an absolute path, or a name to look for in `PATH`. */
  command: string[];
  environment: Record<string, string>;
  workingDirectory: string;
  /** Numeric user and group. */
  user: { uid: number; gid: number };
  /** The signal that ends it, e.g. `SIGTERM`. */
  stopSignal: string;
}

/** What Docker looks a program up in when the image says nothing. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Reads what Docker would run.
 *
 * @param command instead of the image's `CMD`
 * @throws when the image has no program, or a user that its `/etc/passwd` does not know
 */
export function readProgram(
  config: ImageConfig,
  accounts: Accounts,
  command?: readonly string[],
): ImageProgram {
  const workingDirectory = posix.resolve("/", config.WorkingDir || "/");
  const [program, ...args] = [...(config.Entrypoint ?? []), ...(command ?? config.Cmd ?? [])];
  if (!program) throw new Error('the image has neither ENTRYPOINT nor CMD; give it a "command"');
  const { home, ...user } = resolveUser(config.User || "0", accounts);
  return {
    command: [program.includes("/") ? posix.resolve(workingDirectory, program) : program, ...args],
    environment: { PATH, HOME: home, ...Object.fromEntries((config.Env ?? []).map(split)) },
    workingDirectory,
    user,
    stopSignal: signalName(config.StopSignal || "SIGTERM"),
  };
}

function split(variable: string): [string, string] {
  const end = variable.indexOf("=");
  return [variable.slice(0, end), variable.slice(end + 1)];
}

/** As Docker reads `USER`: a name or number, and perhaps a group after a colon. */
function resolveUser(user: string, { passwd, group }: Accounts) {
  const [name = "", groupName] = user.split(":");
  const entry = lines(passwd).find(([each, , uid]) => each === name || uid === name);
  const uid = toId(name) ?? toId(entry?.[2]);
  if (uid === undefined) throw new Error(`the image's user "${name}" is not in its /etc/passwd`);
  const home = entry?.[5] || "/";
  if (groupName === undefined) return { uid, gid: toId(entry?.[3]) ?? 0, home };
  const gid = toId(groupName) ?? toId(lines(group).find(([each]) => each === groupName)?.[2]);
  if (gid === undefined)
    throw new Error(`the image's group "${groupName}" is not in its /etc/group`);
  return { uid, gid, home };
}

const lines = (text: string) => text.split("\n").map((line) => line.split(":"));

const toId = (text: string | undefined) =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

/** systemd takes names and numbers; Docker takes names without `SIG`, too. */
function signalName(signal: string): string {
  if (/^\d+$/.test(signal)) return signal;
  const name = signal.toUpperCase();
  return name.startsWith("SIG") ? name : `SIG${name}`;
}
