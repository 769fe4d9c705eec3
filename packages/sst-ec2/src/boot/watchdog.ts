/**
 * The script that watches the processes of a service. Pure.
 *
 * systemd restarts a process that exits. One that hangs, with a blocked event loop or stuck work,
 * looks healthy to systemd, and possibly to a balancer, whose checks another process on the same
 * port answers. So the script checks each process's heartbeat (`heartbeat.ts`) every 5 seconds. A
 * process without one for three checks is killed, and systemd restarts it. After three such restarts
 * without a good minute in between, the group is told to replace the instance.
 *
 * It checks liveness, not readiness: a restart does not bring back a shared dependency such as the
 * database. Heartbeats are compared with the previous ones instead of the clock, which may be set.
 */
import { HEARTBEAT_FILE } from "../instance/heartbeat.ts";
import { shellAssignments } from "./quote.ts";

export interface WatchdogArgs {
  service: string;
  /** The Auto Scaling group, if the instance is in one. */
  lifecycle?: { group: string } | undefined;
}

/** Renders `/opt/<service>/watchdog`. */
export function watchdogScript({ service, lifecycle }: WatchdogArgs): string {
  return `#!/bin/bash
set -uo pipefail
${shellAssignments({ service, sign: HEARTBEAT_FILE, group: lifecycle?.group ?? "" })}
${BODY}`;
}

const BODY = String.raw`
# Where systemd keeps runtime directories, and seconds between two looks; tests have others.
readonly run=${"$"}{WATCHDOG_RUN:-/run} pause=${"$"}{WATCHDOG_PAUSE:-5}

report_sick() {
  local token
  token=$(curl --fail --silent --max-time 5 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token) &&
    aws autoscaling set-instance-health --health-status Unhealthy --no-should-respect-grace-period \
      --instance-id "$(curl --fail --silent --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
        http://169.254.169.254/latest/meta-data/instance-id)"
}

# By process: its last sign, looks since without another one, looks with one, and restarts.
declare -A last=() missed=() good=() restarts=()

hung() { # PROCESS
  missed[$1]=0 good[$1]=0
  if [ "${"$"}{restarts[$1]:-0}" -lt 3 ]; then
    restarts[$1]=$((${"$"}{restarts[$1]:-0} + 1))
    echo "$service@$1 gave no sign of life since 3 looks: restart ${"$"}{restarts[$1]} of 3"
    systemctl kill --signal KILL "$service@$1.service"
  elif [ -n "$group" ]; then
    echo "$service@$1 gave no sign of life after 3 restarts: the group is asked for another instance"
    report_sick
  fi
}

look() { # PROCESS SIGN
  if [ "$2" = "${"$"}{last[$1]:-}" ]; then
    missed[$1]=$((${"$"}{missed[$1]:-0} + 1))
    [ "${"$"}{missed[$1]}" -lt 3 ] || hung "$1"
  else
    last[$1]=$2 missed[$1]=0 good[$1]=$((${"$"}{good[$1]:-0} + 1))
    # A process gives a sign when it starts; only one that goes on has its restarts forgotten.
    [ "${"$"}{good[$1]}" -lt 12 ] || restarts[$1]=0
  fi
}

while sleep "$pause"; do
  # Nobody is to live who was told to stop.
  systemctl is-active --quiet "$service.socket" || continue
  for file in "$run/$service"/*/"$sign"; do
    moment=$(stat --format %y "$file" 2>/dev/null) || continue
    file=${"$"}{file%/*}
    look "${"$"}{file##*/}" "$moment"
  done
done
`;
