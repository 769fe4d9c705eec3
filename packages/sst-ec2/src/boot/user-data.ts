/**
 * An instance's first boot as a bash script.
 *
 * It needs what Amazon Linux 2023 has: bash, curl 7.88 or newer, tar, gzip, sha256sum, systemd, and the
 * AWS CLI to report to the group. It contains no secret.
 */
import type { UserDataArgs } from "./args.ts";
import { script } from "./files.ts";
import { shellAssignments } from "./quote.ts";
import { settings } from "./settings.ts";
import { units } from "./units.ts";
import { validate } from "./validate.ts";

/** EC2's limit, in bytes. */
export const USER_DATA_LIMIT = 16_384;

/**
 * Renders the user data of a service's instances.
 *
 * The script downloads both archives, verifies their hashes, unpacks them, starts the processes, and
 * is done when the health path has answered 200. On failure it prints the reason in one line on the
 * console and reports the instance as unhealthy, and nothing listens on the port.
 *
 * @throws if an argument is invalid or the text exceeds EC2's limit; the message names the argument.
 *
 * @example
 * const userData = renderUserData({ service: "api", region: "us-east-1", bucket, port: 3000, … });
 */
export function renderUserData(args: UserDataArgs): string {
  validate(args);
  const text = [
    "#!/bin/bash",
    `settings() { ${hereDocument("cat", shellAssignments(settings(args)))}\n}`,
    "write_files() {",
    ...Object.entries(scripts(args)).map(([name, content]) =>
      hereDocument(`write "$root/${name}"`, content),
    ),
    ...Object.entries(units(args)).map(([name, content]) =>
      hereDocument(`write "$units/${name}"`, content),
    ),
    "}",
    script("boot.sh"),
  ].join("\n");
  const size = Buffer.byteLength(text);
  if (size > USER_DATA_LIMIT)
    throw new Error(
      `environment: user data has ${size} bytes, EC2 takes ${USER_DATA_LIMIT}; move long values into a link`,
    );
  return text;
}

/** What runs beside the service, by its name in the service's folder. */
const scripts = ({ plain, logFile, agent }: UserDataArgs): Record<string, string> => ({
  "aws.sh": script("aws.sh"),
  lifecycle: script("lifecycle.sh"),
  ...(plain ? { links: script("links.py") } : { watchdog: script("watchdog.sh") }),
  ...(logFile && { "log-file": script("log-file.sh") }),
  ...(agent && { agent: script("agent.sh"), "agent.json": JSON.stringify(agent) }),
});

/** A command with text as its input, which bash leaves alone. */
function hereDocument(command: string, text: string): string {
  const end = "EOF";
  if (text.split("\n").includes(end)) throw new Error(`lifecycle: a name contains ${end}`);
  return `${command} <<'${end}'\n${text.trimEnd()}\n${end}`;
}
