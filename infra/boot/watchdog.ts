/**
 * The script that looks after a service which no balancer asks for its health. Pure.
 *
 * systemd restarts a process that ended; one that hangs, with its event loop blocked or its work
 * stuck, it takes for healthy. So the script asks `/health/live` every 10 seconds. After a minute
 * without a good answer it kills the processes, which systemd starts again. Three such restarts
 * without a good answer between them, and it tells the group to replace the instance.
 *
 * It asks for life and not for readiness: what is away for everybody, such as the database, does not
 * come back by a restart here.
 */
import { shellAssignments } from "./quote.ts";

export interface WatchdogArgs {
  service: string;
  port: number;
  /** The Auto Scaling group, if the instance is in one. */
  lifecycle?: { group: string } | undefined;
}

/** Renders `/opt/<service>/watchdog`. */
export function watchdogScript({ service, port, lifecycle }: WatchdogArgs): string {
  return `#!/bin/bash
set -uo pipefail
${shellAssignments({ service, port, group: lifecycle?.group ?? "" })}
${BODY}`;
}

const BODY = String.raw`
# Seconds between two questions; tests are in more of a hurry.
readonly pause=${"$"}{WATCHDOG_PAUSE:-10}

lives() {
  curl --fail --silent --max-time 5 --output /dev/null "http://127.0.0.1:$port/health/live"
}

report_sick() {
  local token
  token=$(curl --fail --silent --max-time 5 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token) &&
    aws autoscaling set-instance-health --health-status Unhealthy --no-should-respect-grace-period \
      --instance-id "$(curl --fail --silent --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
        http://169.254.169.254/latest/meta-data/instance-id)"
}

failures=0 restarts=0
while sleep "$pause"; do
  # Nobody is to live who was told to stop.
  if ! systemctl is-active --quiet "$service.socket"; then
    failures=0
  elif lives; then
    failures=0 restarts=0
  elif [ $((failures += 1)) -ge 6 ]; then
    failures=0
    if [ "$restarts" -lt 3 ]; then
      restarts=$((restarts + 1))
      echo "$service did not answer /health/live 6 times: restart $restarts of 3"
      systemctl kill --signal KILL "$service@*.service"
    elif [ -n "$group" ]; then
      echo "$service did not answer after 3 restarts: the group is asked for another instance"
      report_sick
    fi
  fi
done
`;
