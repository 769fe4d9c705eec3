/**
 * Which systemd units a service has, and what stands in them. Pure but for reading `files/`; for
 * systemd 252 of Amazon Linux 2023.
 */
import { NODE_ENVIRONMENT } from "../instance/node.ts";
import type { UserDataArgs } from "./args.ts";
import { unit } from "./files.ts";
import { environmentLine, execWord, unitValue } from "./quote.ts";
import { logFilePath, SHUTDOWN_SECONDS, stopSeconds, takesSocket } from "./settings.ts";

/** The text of each unit and drop-in, by its path below `/etc/systemd/system`. */
export function units(args: UserDataArgs): Record<string, string> {
  const values = placeholders(args);
  return Object.fromEntries(
    names(args).map((name) => [name.replace(/^service/, args.service), unit(name, values)]),
  );
}

/** The files that a service has, by their names in `files/`. */
function names(args: UserDataArgs): string[] {
  const { plain, logFile, agent } = args;
  const image = plain?.image;
  return [
    ...(takesSocket(args) ? ["service.socket", "service-socket.service"] : []),
    "service@.service",
    ...dropIns({
      socket: takesSocket(args),
      plain: plain !== undefined,
      "own-user": image === undefined,
      image: image !== undefined,
      "image-authorities": image !== undefined && !image.hasAuthorities,
      "image-root": image?.user.uid === 0,
    }),
    "service-lifecycle.service",
    ...(plain ? ["service-links.service", "service-drain.service"] : ["service-watchdog.service"]),
    ...(logFile ? ["service-log-file.service"] : []),
    ...(agent ? ["service-agent.service"] : []),
  ];
}

const dropIns = (wanted: Record<string, boolean>): string[] =>
  Object.keys(wanted)
    .filter((name) => wanted[name])
    .map((name) => `service@.service.d/${name}.conf`);

function placeholders(args: UserDataArgs): Record<string, string | number> {
  const { service, drainSeconds, plain } = args;
  const { image } = plain ?? {};
  return {
    SERVICE: service,
    ADDRESS: listenAddress(args),
    PORT: args.port,
    COMMAND: command(args),
    ENVIRONMENT: environment(args),
    STOP_SECONDS: stopSeconds(args),
    DRAIN_SECONDS: drainSeconds,
    DRAIN_TIMEOUT: drainSeconds + 10,
    LINKS: args.linksParameters.join(" "),
    LOG_FILE: logFilePath(service),
    ...(image && {
      ROOT: `/opt/${service}/app-${args.app.sha256.slice(0, 16)}`,
      IMAGE_USER: image.user.uid,
      IMAGE_GROUP: image.user.gid,
      WORKING_DIRECTORY: unitValue("WORKDIR", image.workingDirectory),
      SEARCH_PATH: unitValue("PATH", image.environment.PATH ?? ""),
      STOP_SIGNAL: unitValue("STOPSIGNAL", image.stopSignal),
    }),
  };
}

/** All addresses if the balancer connects, otherwise the loopback only. */
const listenAddress = ({ balanced = true }: UserDataArgs) => (balanced ? "0.0.0.0" : "127.0.0.1");

/** The words as `ExecStart=` takes them. */
function command({ service, start, plain }: UserDataArgs): string {
  const folders: Record<string, string> = { $APP: "app", $RUNTIME: "runtime" };
  const placed = (word: string) =>
    word.replace(/^\$(APP|RUNTIME)(?=\/)/, (name) => `/opt/${service}/${folders[name]}`);
  // An image has neither folder; its words are what its author wrote.
  return start.map((word) => execWord(plain?.image ? word : placed(word))).join(" ");
}

/** `Environment=` lines of the processes. */
function environment(args: UserDataArgs): string {
  const { service, plain } = args;
  const variables = {
    ...(!plain && NODE_ENVIRONMENT),
    ...plain?.image?.environment,
    NODE_ENV: "production",
    AWS_REGION: args.region,
    HOST: listenAddress(args),
    PORT: String(args.port),
    DRAIN_SECONDS: String(args.drainSeconds),
    SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
    ...(args.healthPath && { HEALTH_PATH: args.healthPath }),
    ...(!plain && { LINKS_PARAMETERS: args.linksParameters.join(",") }),
    ...args.environment,
  };
  return [
    // The AWS SDK looks for a home even where it needs none, and a dynamic user has one only where
    // nss-systemd is set up. An image's own comes after it, and is the one that counts.
    `Environment=HOME=%S/${service}/%i`,
    ...Object.entries(variables).map(([name, value]) => environmentLine(name, value)),
  ].join("\n");
}
