/** What the scripts of an instance find in their environment. Pure. */
import { HEARTBEAT_FILE } from "../instance/heartbeat.ts";
import type { UserDataArgs } from "./args.ts";

/** How long requests in flight at the end of the drain may take. */
export const SHUTDOWN_SECONDS = 10;

/** Additional time before a process is killed. */
const MARGIN_SECONDS = 10;

/** Seconds within which a stopped process has ended, by itself or killed. */
export const stopSeconds = ({ drainSeconds }: UserDataArgs): number =>
  drainSeconds + SHUTDOWN_SECONDS + MARGIN_SECONDS;

/** Whether systemd passes its socket to the processes, rather than that the one process listens by itself. */
export const takesSocket = ({ plain }: UserDataArgs): boolean => !plain || (plain.socket ?? false);

/** The file that the service's journal is copied to, for an agent to read. */
export const logFilePath = (service: string): string => `/var/log/${service}/${service}.log`;

/**
 * The settings of the scripts in `files/`. All are always there; one that does not apply is empty.
 */
export function settings(args: UserDataArgs): Record<string, string | number> {
  const { service, plain, lifecycle } = args;
  const socket = takesSocket(args) ? [`${service}.socket`] : [];
  const drain = plain ? [`${service}-drain.service`] : [];
  return {
    SERVICE: service,
    AWS_DEFAULT_REGION: args.region,
    BUCKET: args.bucket,
    RUNTIME_KEY: args.runtime?.key ?? "",
    RUNTIME_SHA256: args.runtime?.sha256 ?? "",
    APP_KEY: args.app.key,
    APP_SHA256: args.app.sha256,
    PORT: args.port,
    HEALTH_PATH: args.healthPath,
    HEALTH_CODES: (args.healthCodes ?? "200").replaceAll(",", " "),
    WAITS_FOR_PORT: args.waitsForPort ? `port ${args.port}` : "",
    READY_SECONDS: args.readySeconds ?? 60,
    PROCESSES: args.processes ?? "",
    MEMORY_PERCENT: args.memoryMaxPercent ?? 50,
    GROUP: lifecycle?.group ?? "",
    HOOK: lifecycle?.hook ?? "",
    STOP_SECONDS: stopSeconds(args),
    // The port first, then what waits for the drain.
    STOP_FIRST: [...socket, ...drain].join(" "),
    HEARTBEAT: HEARTBEAT_FILE,
    LOG_FILE: args.logFile ? logFilePath(service) : "",
    LINKS_UNIT: plain ? `${service}-links.service` : "",
    IMAGE_USER: plain?.image?.user.uid ?? "",
    IMAGE_GROUP: plain?.image?.user.gid ?? "",
    AGENT_UNIT: args.agent ? `${service}-agent.service` : "",
    STANDING_UNITS: [
      ...socket,
      ...(takesSocket(args) ? [`${service}-socket.service`] : []),
      `${service}-lifecycle.service`,
      // A program without the preload gives no sign of life.
      ...(plain ? drain : [`${service}-watchdog.service`]),
      ...(args.logFile ? [`${service}-log-file.service`] : []),
    ].join(" "),
  };
}
