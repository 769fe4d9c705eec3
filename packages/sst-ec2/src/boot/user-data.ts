/**
 * An instance's first boot as a bash script. Pure functions from arguments to text.
 *
 * It needs what Amazon Linux 2023 has: bash, curl, tar, gzip, sha256sum, systemd and the AWS CLI. It
 * contains no secret.
 */
import { agentScript, agentUnit } from "./agent.ts";
import type { UserDataArgs } from "./args.ts";
import { lifecycleScript } from "./lifecycle.ts";
import { logFileScript, logFileUnit } from "./log-file.ts";
import { accounts, drainUnit, linksScript, linksUnit, type PlainProgram } from "./plain.ts";
import { environmentLine, shellAssignments } from "./quote.ts";
import {
  HELPER_SANDBOX,
  lifecycleUnit,
  SHUTDOWN_SECONDS,
  serviceUnit,
  socketServiceUnit,
  socketUnit,
  takesSocket,
  watchdogUnit,
} from "./units.ts";
import { validate } from "./validate.ts";
import { watchdogScript } from "./watchdog.ts";

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
  const script = withoutComments(`#!/bin/bash
set -euo pipefail
${shellAssignments(variables(args))}
${PROLOGUE}
${downloads(args)}
${units(args)}
${PROCESSES}
${args.plain ? links(args.service, args.plain) : ""}${START}${isUp(args)}${WAIT}`);
  const size = Buffer.byteLength(script);
  if (size > USER_DATA_LIMIT)
    throw new Error(
      `environment: user data has ${size} bytes, EC2 takes ${USER_DATA_LIMIT}; move long values into a link`,
    );
  return script;
}

/** Comments are for readers of the sources; user data is limited, and they are a sixth of it. */
const withoutComments = (script: string) => script.replaceAll(/^[ \t]*#(?!!).*\n/gm, "");

const variables = (args: UserDataArgs) => ({
  AWS_DEFAULT_REGION: args.region,
  service: args.service,
  bucket: args.bucket,
  ...(args.runtime && { runtime_key: args.runtime.key, runtime_sha256: args.runtime.sha256 }),
  app_key: args.app.key,
  app_sha256: args.app.sha256,
  ready_seconds: args.readySeconds ?? 60,
  ...((args.healthPath || args.waitsForPort) && { port: args.port }),
  ...(args.healthPath && {
    health_path: args.healthPath,
    health_codes: (args.healthCodes ?? "200").replaceAll(",", " "),
  }),
  memory_percent: args.memoryMaxPercent ?? 50,
  wanted_processes: args.processes ?? "",
  group: args.lifecycle?.group ?? "",
  // An image's files belong to its own users, by their numbers.
  same_owner: args.plain?.image ? "same-owner" : "no-same-owner",
  standing: besideProcesses(args).join(" "),
});

/** The units that are there once, whatever the number of processes. */
function besideProcesses({ service, plain, logFile, agent }: UserDataArgs): string[] {
  return [
    ...(takesSocket({ plain }) ? [`${service}.socket`, `${service}-socket.service`] : []),
    `${service}-lifecycle.service`,
    // A program without the preload gives no sign of life.
    plain ? `${service}-drain.service` : `${service}-watchdog.service`,
    ...(logFile ? [`${service}-log-file.service`] : []),
    ...(agent ? [`${service}-agent.service`] : []),
  ];
}

/** Here-documents for everything that is text already; quoted, so that bash leaves it alone. */
function units(args: UserDataArgs): string {
  const unit = {
    ...args,
    address: listenAddress(args),
    environment: {
      NODE_ENV: "production",
      AWS_REGION: args.region,
      HOST: listenAddress(args),
      PORT: String(args.port),
      DRAIN_SECONDS: String(args.drainSeconds),
      SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
      ...(args.healthPath && { HEALTH_PATH: args.healthPath }),
      ...(!args.plain && { LINKS_PARAMETERS: args.linksParameters.join(",") }),
      ...args.environment,
    },
  };
  const file = (target: string, text: string) => {
    if (/^END_OF_FILE$/m.test(text)) throw new Error("lifecycle: a name contains END_OF_FILE");
    return `cat >"${target}" <<'END_OF_FILE'\n${text}END_OF_FILE\n`;
  };
  return [
    ...(takesSocket(args)
      ? [
          file("$units/$service.socket", socketUnit(unit)),
          file("$units/$service-socket.service", socketServiceUnit(unit)),
        ]
      : []),
    file("$units/$service@.service", serviceUnit(unit)),
    file("$units/$service-lifecycle.service", lifecycleUnit(unit, args.region)),
    file("$root/lifecycle", lifecycleScript(args)),
    ...(args.plain
      ? [
          file(
            "$units/$service-links.service",
            linksUnit({ service: args.service, parameters: args.linksParameters }, beside(args)),
          ),
          file("$root/links", linksScript()),
          file("$units/$service-drain.service", drainUnit(args)),
        ]
      : [
          file("$units/$service-watchdog.service", watchdogUnit(unit, args.region)),
          file("$root/watchdog", watchdogScript(args)),
        ]),
    ...(args.logFile
      ? [
          file("$units/$service-log-file.service", logFileUnit(unit)),
          file("$root/log-file", logFileScript(args)),
        ]
      : []),
    ...(args.agent
      ? [
          file("$units/$service-agent.service", agentUnit(unit)),
          file("$root/agent", agentScript(args)),
          file("$root/agent.json", `${JSON.stringify(args.agent)}\n`),
        ]
      : []),
  ].join("\n");
}

const beside = ({ region }: UserDataArgs) =>
  `${HELPER_SANDBOX}\n${environmentLine("AWS_DEFAULT_REGION", region)}`;

const isBalanced = ({ balanced = true }: UserDataArgs) => balanced;

/** All addresses if the balancer connects, otherwise the loopback only. */
const listenAddress = (args: UserDataArgs) => (isBalanced(args) ? "0.0.0.0" : "127.0.0.1");

/** Up to both archives being in place. */
const PROLOGUE = String.raw`
export AWS_DEFAULT_REGION AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5
readonly root=/opt/$service units=/etc/systemd/system
errors=$(mktemp)
exec 3>&2 2>"$errors"
step='the first step' laps='' began=${"$"}{EPOCHREALTIME/[.,]/}
step_began=$began

# Where the time goes is said on the console at the end of each boot, not only when somebody measures.
begin() { # STEP
  local now=${"$"}{EPOCHREALTIME/[.,]/}
  laps+="${"$"}{laps:+, }$step $(seconds $((now - step_began)))"
  step=$1 step_began=$now
}
seconds() { printf '%d.%d s' $(($1 / 1000000)) $(($1 / 100000 % 10)); }

# Whatever happens, the log has every error and the console has the outcome in one line.
finish() {
  local status=$? failed=$step outcome reason
  trap - EXIT
  exec 2>&3
  cat "$errors" >&2
  begin ''
  outcome="$service: ready $(seconds $((step_began - began))) after user data began: ${"$"}{laps#*, }"
  if [ "$status" != 0 ]; then
    reason=$(grep --invert-match '^[[:space:]]*$' "$errors" | tail --lines 1 | cut --characters 1-500) || true
    outcome="$service: boot failed in $failed: ${"$"}{reason:-exit status $status}"
    # Nothing may answer here, not even a balancer's last resort.
    systemctl disable --quiet "$service.socket" "$service@.service" || true
    systemctl stop "$service.socket" || true
    systemctl stop "$service@*.service" || true
  fi
  echo "$outcome" >&2
  echo "$outcome" >/dev/console || true
  if [ "$status" != 0 ] && [ -n "$group" ]; then
    aws autoscaling set-instance-health --health-status Unhealthy --no-should-respect-grace-period \
      --instance-id "$(instance_id)" || true
  fi
  exit "$status"
}
trap finish EXIT

instance_id() {
  local token
  token=$(curl --fail --silent --max-time 5 --retry 3 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl --fail --silent --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
    http://169.254.169.254/latest/meta-data/instance-id
}

# A role that was made moments ago is not known everywhere yet.
patiently() { # COMMAND...
  local attempt
  for attempt in 1 2 3; do
    [ "$attempt" = 1 ] || sleep 5
    if "$@"; then return; fi
  done
  return 1
}

# Whoever looks at $root/$name sees the whole archive or none.
fetch() { # NAME KEY SHA256
  local name=$1 key=$2 sha256=$3 place found
  place=$(mktemp --directory "$root/.$name.XXXXXX")
  patiently aws s3api get-object --bucket "$bucket" --key "$key" "$place/archive" >/dev/null
  found=$(gzip --decompress --stdout "$place/archive" | sha256sum | cut --delimiter ' ' --fields 1)
  if [ "$found" != "$sha256" ]; then
    echo "SHA-256 of the tar in s3://$bucket/$key is $found, expected $sha256" >&2
    return 1
  fi
  mkdir "$place/content"
  tar --extract --gzip "--$same_owner" --file "$place/archive" --directory "$place/content"
  mv --no-target-directory "$place/content" "$root/$name-${"$"}{sha256:0:16}"
  ln --symbolic --force --no-dereference "$name-${"$"}{sha256:0:16}" "$root/$name"
  rm --recursive "$place"
}

begin 'the download'
mkdir --parents "$root"`;

/** The archives. */
const downloads = ({ runtime }: UserDataArgs) => `
${runtime ? 'fetch runtime "$runtime_key" "$runtime_sha256" &\nruntime_job=$!\n' : ""}\
fetch app "$app_key" "$app_sha256"
${runtime ? 'wait "$runtime_job"\n' : ""}
begin 'writing the units'`;

/** How many there are, and what each may take. */
const PROCESSES = String.raw`chmod 755 "$root/lifecycle"
processes=${"$"}{wanted_processes:-$(nproc)}
mkdir --parents "$units/$service@.service.d"
# Its first line is the machine's memory, in KiB. V8 gets what the rest of a process leaves of its share:
# Node itself, hashing, buffers and new objects.
read -r _ memory_kib _ </proc/meminfo
share_mib=$((memory_kib * memory_percent / 100 / 1024 / processes))
heap_mib=$((share_mib > 174 ? share_mib - 110 : 64))
printf '[Service]\nMemoryMax=%dM\nEnvironment=NODE_OPTIONS=--max-old-space-size=%d\n' "$share_mib" "$heap_mib" \
  >"$units/$service@.service.d/memory.conf"

# The last line that says something: none of an error's stack and properties, nor the version that
# Node prints below.
last_words() {
  journalctl --identifier "$service" --output cat --lines 50 |
    grep --extended-regexp --invert-match '^([[:space:]]|Node\.js v|[]})]*$)' | tail --lines 1
}
begin 'starting the units'
systemctl daemon-reload`;

/** What a program without the preload has from its first moment. */
const links = (service: string, { image }: PlainProgram) => `\
${image ? accounts(service, image) : ""}if ! systemctl enable --now --quiet "$service-links.service"; then
  journalctl --sync
  last_words >&2
  exit 1
fi
`;

/** From the units to a service that serves. */
const START = `mapfile -t instances < <(seq --format "$service@%g.service" "$processes")
read -ra beside <<<"$standing"
systemctl enable --now --quiet "\${beside[@]}" "\${instances[@]}"

`;

/** How the boot finds out that the service has started. */
const isUp = ({ healthPath, waitsForPort }: UserDataArgs) => {
  if (healthPath) return ANSWERS;
  return waitsForPort ? LISTENS : RUNS;
};

const ANSWERS = String.raw`begin "waiting for $health_path"
is_up() {
  local code range
  code=$(curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' \
    "http://127.0.0.1:$port$health_path") || return
  for range in $health_codes; do
    if [ "$code" -ge "${"$"}{range%-*}" ] && [ "$code" -le "${"$"}{range#*-}" ]; then return; fi
  done
  return 1
}`;

/**
 * systemd's socket takes connections before the program does; those that nobody has taken are in its queue,
 * which the kernel shows beside a listening socket.
 */
const LISTENS = `begin "waiting for port $port"
is_up() {
  (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && ! is_waiting
}
is_waiting() {
  local hex address state queues
  printf -v hex '%04X' "$port"
  while read -r _ address _ state queues _; do
    if [ "$state" = 0A ] && [ "${"$"}{address#*:}" = "$hex" ] && [ "${"$"}{queues#*:}" != 00000000 ]; then return; fi
  done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  return 1
}`;

/** Without a path to ask, what has run for five seconds is up. */
const RUNS = `begin 'waiting for its processes'
is_up() {
  local before
  before=$(restarts)
  sleep 5
  [ "$(restarts)" = "$before" ] && systemctl is-active --quiet "$service@1.service"
}`;

/** Until it is up. */
const WAIT = `
restarts() { systemctl show --property NRestarts --value "$service@1.service"; }
until is_up; do
  if [ "$SECONDS" -ge "$ready_seconds" ] || [ "$(restarts)" -ge 10 ]; then
    echo "not ready after $SECONDS s and $(restarts) restarts; it said: $(last_words)" >&2
    exit 1
  fi
  sleep 0.2
done
`;
