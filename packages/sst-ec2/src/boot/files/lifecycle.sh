#!/bin/bash
# Stops the service before its instance is terminated. It polls the metadata service every 5 seconds
# and uses almost no CPU. Outside a group it does nothing.
set -uo pipefail

# shellcheck source-path=SCRIPTDIR source=aws.sh
. "${0%/*}/aws.sh"

# The port first: what comes when the last process has ended is refused, not left waiting in a queue.
drain() {
  echo "draining: $1"
  for unit in $STOP_FIRST; do systemctl stop "$unit"; done
  systemctl stop "$SERVICE@*.service"
}

# True as soon as waiting longer would cut the drain short. Until then a spot instance serves on,
# for its replacement is not there yet.
interruption_is_near() {
  local at
  at=$(metadata spot/instance-action | sed -n 's/.*"time": *"\([^"]*\)".*/\1/p') || return 1
  [ -n "$at" ] && at=$(date --date "$at" +%s) && [ "$(date +%s)" -ge $((at - STOP_SECONDS - 10)) ]
}

drained=
while sleep 5; do
  if [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; then
    drain 'the group terminates this instance'
    # It comes back when the last lines are on their way.
    [ -z "$LOG_FILE" ] || systemctl stop "$SERVICE-log-file.service"
    [ -z "$HOOK" ] || aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE \
      --auto-scaling-group-name "$GROUP" --lifecycle-hook-name "$HOOK" --instance-id "$(metadata instance-id)"
    exit
  fi
  if [ -z "$drained" ] && interruption_is_near; then
    drain 'spot interruption'
    drained=yes
  fi
done
