/**
 * Copies what a service logs from the journal to a file, from which an agent sends it away. Pure
 * functions from arguments to text.
 *
 * The CloudWatch agent can read the journal itself (since 2026), but sends each entry with all of the
 * journal's own fields: several times the bytes, which are paid for, and the service's JSON inside a
 * string, where no query finds its fields. A line of this file is the service's line, nothing else.
 *
 * The service writes to the journal and knows nothing of this; when it lags, dies or finds no agent,
 * the journal keeps what was not copied, and the file stays below its limit.
 */
import { shellAssignments } from "./quote.ts";
import { HELPER_SANDBOX } from "./units.ts";

/** Seconds between two looks at the journal: how much later a line is in the file, at most. */
const INTERVAL_SECONDS = 5;

/**
 * How long the agent has after the last line before it is stopped in turn, or the instance goes:
 * it sends what it has every five seconds.
 */
export const FLUSH_SECONDS = 6;

/** Size at which a file makes way for the next; one former file stays beside it. */
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
 * `<service>-log-file.service`. At shutdown systemd stops the service first, then this, then the
 * agent: each hands its last lines to the next.
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
