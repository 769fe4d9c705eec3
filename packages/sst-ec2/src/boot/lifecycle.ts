/**
 * The script that stops a service before its instance is terminated. Pure.
 *
 * It polls the metadata service every 5 seconds and uses almost no CPU. Outside a group it does
 * nothing.
 */

import type { PlainProgram } from "./plain.ts";
import { shellAssignments } from "./quote.ts";
import { stopSeconds, takesSocket } from "./units.ts";

export interface LifecycleArgs {
  service: string;
  drainSeconds: number;
  /** The Auto Scaling group, and its hook on termination when it has one. */
  lifecycle?: { group: string; hook?: string } | undefined;
  /** Whether the journal is copied to a file, see `log-file.ts`. */
  logFile?: boolean | undefined;
  /** Of a program without the preload, see `plain.ts`. */
  plain?: PlainProgram | undefined;
}

/** Renders `/opt/<service>/lifecycle`. */
export function lifecycleScript({
  service,
  drainSeconds,
  lifecycle,
  logFile,
  plain,
}: LifecycleArgs): string {
  return `#!/bin/bash
set -uo pipefail
${shellAssignments({
  service,
  stop_seconds: stopSeconds(drainSeconds),
  group: lifecycle?.group ?? "",
  hook: lifecycle?.hook ?? "",
  log_file: logFile ? `${service}-log-file.service` : "",
  // A program that listens by itself has no socket unit; one without the preload waits in a unit of its own.
  first: [
    takesSocket({ plain }) ? `${service}.socket` : "",
    plain ? `${service}-drain.service` : "",
  ]
    .filter(Boolean)
    .join(" "),
})}
${BODY}`;
}

const BODY = String.raw`
metadata() { # PATH
  curl --fail --silent --max-time 2 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}

# The port first: what comes when the last process has ended is refused, not left waiting in a queue.
drain() {
  echo "draining: $1"
  for unit in $first; do systemctl stop "$unit"; done
  systemctl stop "$service@*.service"
}

# True as soon as waiting longer would cut the drain short. Until then a spot instance serves on,
# for its replacement is not there yet.
interruption_is_near() {
  local at
  at=$(metadata spot/instance-action | sed -n 's/.*"time": *"\([^"]*\)".*/\1/p') || return 1
  [ -n "$at" ] && at=$(date --date "$at" +%s) && [ "$(date +%s)" -ge $((at - stop_seconds - 10)) ]
}

drained=
while sleep 5; do
  token=$(curl --fail --silent --max-time 2 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token) || continue
  if [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; then
    drain 'the group terminates this instance'
    # It comes back when the last lines are on their way.
    [ -z "$log_file" ] || systemctl stop "$log_file"
    [ -z "$hook" ] || aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE \
      --auto-scaling-group-name "$group" --lifecycle-hook-name "$hook" --instance-id "$(metadata instance-id)"
    exit
  fi
  if [ -z "$drained" ] && interruption_is_near; then
    drain 'spot interruption'
    drained=yes
  fi
done
`;
