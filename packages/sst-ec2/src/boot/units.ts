/**
 * The systemd units of a service. Pure functions from arguments to text; for systemd 252 of Amazon
 * Linux 2023.
 *
 * One socket unit owns the port and passes the same socket to every process. The kernel hands a
 * connection to a free process, a process that dies or restarts loses no queued connection, and no
 * process needs to know how many there are.
 */
import { NODE_ENVIRONMENT } from "../instance/node.ts";
import type { ArchiveRef } from "./args.ts";
import { linksFile, type PlainImage, type PlainProgram } from "./plain.ts";
import { environmentLine, execWord } from "./quote.ts";
import { confinement, place } from "./sandbox.ts";

/** How long requests in flight at the end of the drain may take. */
export const SHUTDOWN_SECONDS = 10;

/** Additional time before a process is killed. */
const MARGIN_SECONDS = 10;

export interface UnitArgs {
  /** The service's name, which the units' names begin with. */
  service: string;
  /** The port. */
  port: number;
  /** The IPv4 address to listen on; 0.0.0.0 for all. */
  address: string;
  /** How long a process serves on after SIGTERM. */
  drainSeconds: number;
  /** The words of the command; `$APP` and `$RUNTIME` are the folders of the archives. */
  start: readonly string[];
  /** Environment of the processes. */
  environment: Record<string, string>;
  /** Archive with the service. */
  app: ArchiveRef;
  /** Of a program that runs without the preload. */
  plain?: PlainProgram | undefined;
}

/** Seconds within which a stopped process has ended, by itself or killed. */
export const stopSeconds = (drainSeconds: number): number =>
  drainSeconds + SHUTDOWN_SECONDS + MARGIN_SECONDS;

/** `<service>.socket`: the listening socket that all processes share. */
export function socketUnit({ service, port, address }: UnitArgs): string {
  return `[Unit]
Description=Port of ${service}

[Socket]
# IPv4 alone: requests come from the balancer's IPv4 addresses, and an IPv6 socket would show them
# in mapped form.
ListenStream=${address}:${port}
Backlog=4096
Service=${service}-socket.service

[Install]
WantedBy=sockets.target
`;
}

/**
 * `<service>-socket.service`: the unit that the socket unit activates. It does nothing and stays
 * active, so that requests never start a process: systemd starts all at boot, and a request must not
 * revive one that is being stopped.
 */
export function socketServiceUnit({ service }: UnitArgs): string {
  return `[Unit]
Description=Stands for the processes of ${service} on their socket

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true

[Install]
WantedBy=multi-user.target
`;
}

/** The words as `ExecStart=` takes them. */
function command({ service, start, plain }: UnitArgs): string {
  const folders: Record<string, string> = { $APP: "app", $RUNTIME: "runtime" };
  const placed = (word: string) =>
    word.replace(/^\$(APP|RUNTIME)(?=\/)/, (name) => `/opt/${service}/${folders[name]}`);
  // An image has neither folder; its words are what its author wrote.
  return start.map((word) => execWord(plain?.image ? word : placed(word))).join(" ");
}

/** What differs for a program without the preload, which has the links from the first moment. */
function withoutPreload({ service, plain }: UnitArgs): { unit: string; service: string } {
  if (!plain) return { unit: "", service: "" };
  return {
    unit: `Requires=${service}-links.service
After=${service}-links.service
# So that it stops after it.
Before=${service}-drain.service
`,
    service: `EnvironmentFile=${linksFile(service)}
${plain.image ? inImage(plain.image) : ""}`,
  };
}

const inImage = ({ stopSignal, environment }: PlainImage) =>
  `KillSignal=${stopSignal}
ExecSearchPath=${environment.PATH}
`;

/** `<service>@.service`: one process; instances are numbered from 1. */
export function serviceUnit(args: UnitArgs): string {
  const { service, drainSeconds, environment, plain } = args;
  const own = withoutPreload(args);
  const variables = Object.entries({
    ...(!plain && NODE_ENVIRONMENT),
    // The AWS SDK looks for a home even where it needs none, and a dynamic user has one only where
    // nss-systemd is set up.
    HOME: `%S/${service}/%i`,
    ...plain?.image?.environment,
    ...environment,
  }).map(([name, value]) =>
    name === "HOME" && value.startsWith("%S/")
      ? `Environment=HOME=${value}`
      : environmentLine(name, value),
  );
  return `[Unit]
Description=${service}, process %i
Wants=network-online.target
# The last is not there on every instance; where it is, it must outlive this one.
After=network-online.target ${service}.socket ${service}-log-file.service
${own.unit}# Never give up: what is broken for good is taken out by the health check, what is broken for a
# while comes back.
StartLimitIntervalSec=0

[Service]
Type=exec
${takesSocket(args) ? `Sockets=${service}.socket\n` : ""}\
ExecStart=${command(args)}
${variables.join("\n")}
${own.service}SyslogIdentifier=${service}
# The journal would drop lines above 10 000 in 30 s, which is 333 requests a second. Its size is
# bounded anyway.
LogRateLimitIntervalSec=0

Restart=always
# A crash should cost a second, not two; what crashes at every start costs a processor either way.
RestartSec=200ms
# SIGTERM to the process, which drains for ${drainSeconds} s and takes at most ${SHUTDOWN_SECONDS} s
# to close; what is left then is killed.
KillMode=mixed
TimeoutStopSec=${stopSeconds(drainSeconds)}
# MemoryMax= is in a drop-in, for it depends on the machine and on the number of processes.
OOMPolicy=stop
# Should the machine run out of memory all the same, what is done beside the service goes first.
OOMScoreAdjust=-250
LimitNOFILE=65536
# A core dump would put secrets on the disk.
LimitCORE=0

${place(args, plain?.image)}
${confinement(plain?.image)}

[Install]
WantedBy=multi-user.target
`;
}

/** Whether systemd passes its socket to the processes, rather than that the one process listens by itself. */
export const takesSocket = ({ plain }: Pick<UnitArgs, "plain">): boolean =>
  !plain || (plain.socket ?? false);

/** `<service>-lifecycle.service`: watches for the end of the instance; see `lifecycle.ts`. */
export function lifecycleUnit(args: UnitArgs, region: string): string {
  return helperUnit(region, {
    command: `/opt/${args.service}/lifecycle`,
    description: `Drains ${args.service} before the instance goes`,
    // It waits for the processes that it stops.
    stopSeconds: stopSeconds(args.drainSeconds),
  });
}

/** `<service>-watchdog.service`: restarts a service that hangs; see `watchdog.ts`. */
export function watchdogUnit(args: UnitArgs, region: string): string {
  return helperUnit(region, {
    command: `/bin/bash /opt/${args.service}/watchdog`,
    description: `Restarts ${args.service} when it hangs`,
    stopSeconds: 5,
  });
}

/** Restrictions of scripts beside the service, which run as root. */
export const HELPER_SANDBOX = `CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateTmp=yes
PrivateDevices=yes`;

/** A script beside the service. It runs as root because it stops units, and can do little else. */
function helperUnit(
  region: string,
  helper: { command: string; description: string; stopSeconds: number },
): string {
  return `[Unit]
Description=${helper.description}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=${helper.command}
${environmentLine("AWS_DEFAULT_REGION", region)}
Restart=on-failure
RestartSec=5
TimeoutStopSec=${helper.stopSeconds}
${HELPER_SANDBOX}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
MemoryMax=25%

[Install]
WantedBy=multi-user.target
`;
}
