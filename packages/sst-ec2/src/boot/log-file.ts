/**
 * Copies a service's log from the journal to a file that an agent reads. Pure functions from
 * arguments to text.
 *
 * The CloudWatch agent can read the journal itself (since 2026), but sends each entry with all
 * journal fields: several times the bytes, which are paid for, and with the service's JSON inside a
 * string, where queries cannot see its fields. The file contains only the service's lines.
 *
 * The service writes to the journal and does not depend on this: if the copy lags, dies or meets no
 * agent, the journal keeps the lines, and the file stays below its limit.
 */
import { shellAssignments } from "./quote.ts";
import { HELPER_SANDBOX } from "./units.ts";

/** Seconds between reads of the journal: the longest delay of a line. */
const INTERVAL_SECONDS = 5;

/**
 * Seconds that the agent has after the last line before it stops or the instance goes; it sends
 * every five seconds.
 */
export const FLUSH_SECONDS = 6;

/** Size at which a file is rotated; one old file is kept. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The file's path. */
export const logFilePath = (service: string): string => `/var/log/${service}/${service}.log`;

/** Renders `/opt/<service>/log-file`. */
export function logFileScript({ service }: { service: string }): string {
  return `#!/bin/bash
set -uo pipefail
${shellAssignments({
  service,
  file: logFilePath(service),
  max_bytes: MAX_BYTES,
  interval_seconds: INTERVAL_SECONDS,
  flush_seconds: FLUSH_SECONDS,
})}
${BODY}`;
}

const BODY = String.raw`
# The file is renamed before a copy and not after it, so that the agent has read all of it. Where the
# copy ended is noted by journalctl once it has written everything: a power cut may repeat a few
# lines, and loses none.
copy() {
  local size
  size=$(stat --format %s "$file" 2>/dev/null) || size=0
  if [ "$size" -ge "$max_bytes" ]; then mv --force "$file" "$file.1"; fi
  journalctl --quiet --no-pager --identifier "$service" --output cat \
    --cursor-file "$STATE_DIRECTORY/cursor" >>"$file"
}

stopped=
trap 'stopped=yes' TERM
while [ -z "$stopped" ]; do
  copy
  sleep "$interval_seconds" &
  wait $!
done
# The service has ended before; these are its last words.
copy
sleep "$flush_seconds"
`;

/**
 * `<service>-log-file.service`. At shutdown systemd stops the service, then this, then the agent:
 * each hands its last lines to the next.
 */
export function logFileUnit({ service }: { service: string }): string {
  return `[Unit]
Description=Copies what ${service} logs to ${logFilePath(service)}
After=systemd-journald.service amazon-cloudwatch-agent.service

[Service]
Type=exec
ExecStart=/bin/bash /opt/${service}/log-file
Restart=always
RestartSec=5
# SIGTERM to the script alone, for a copy that is under way must end.
KillMode=mixed
TimeoutStopSec=30
# What the service needs comes first.
Nice=10
CPUWeight=20
MemoryMax=64M
LogsDirectory=${service}
StateDirectory=${service}-log-file
# Root reads every journal; it can do little else.
${HELPER_SANDBOX}
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX

[Install]
WantedBy=multi-user.target
`;
}
