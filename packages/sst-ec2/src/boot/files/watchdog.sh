#!/bin/bash
# Watches the processes of the service.
#
# systemd restarts a process that exits. One that hangs, with a blocked event loop or stuck work,
# looks healthy to systemd, and possibly to a balancer, whose checks another process on the same
# port answers. So this checks each process's heartbeat (`heartbeat.ts`) every 5 seconds. A process
# without one for three checks is killed, and systemd restarts it. After three such restarts without
# a good minute in between, the group is told to replace the instance.
#
# It checks liveness, not readiness: a restart does not bring back a shared dependency such as the
# database. Heartbeats are compared with the previous ones instead of the clock, which may be set.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=aws.sh
. "${0%/*}/aws.sh"

# Where systemd keeps runtime directories, and seconds between two looks; tests have others.
readonly run=${WATCHDOG_RUN:-/run} pause=${WATCHDOG_PAUSE:-5}

# By process: its last sign, looks since without another one, looks with one, and restarts.
declare -A last=() missed=() good=() restarts=()

hung() { # PROCESS
  missed[$1]=0 good[$1]=0
  if [ "${restarts[$1]:-0}" -lt 3 ]; then
    restarts[$1]=$((${restarts[$1]:-0} + 1))
    echo "$SERVICE@$1 gave no sign of life since 3 looks: restart ${restarts[$1]} of 3"
    systemctl kill --signal KILL "$SERVICE@$1.service"
  elif [ -n "$GROUP" ]; then
    echo "$SERVICE@$1 gave no sign of life after 3 restarts: the group is asked for another instance"
    report_sick
  fi
}

look() { # PROCESS SIGN
  if [ "$2" = "${last[$1]:-}" ]; then
    missed[$1]=$((${missed[$1]:-0} + 1))
    [ "${missed[$1]}" -lt 3 ] || hung "$1"
  else
    last[$1]=$2 missed[$1]=0 good[$1]=$((${good[$1]:-0} + 1))
    # A process gives a sign when it starts; only one that goes on has its restarts forgotten.
    [ "${good[$1]}" -lt 12 ] || restarts[$1]=0
  fi
}

while sleep "$pause"; do
  # Nobody is to live who was told to stop.
  systemctl is-active --quiet "$SERVICE.socket" || continue
  for file in "$run/$SERVICE"/*/"$HEARTBEAT"; do
    moment=$(stat --format %y "$file" 2>/dev/null) || continue
    file=${file%/*}
    look "${file##*/}" "$moment"
  done
done
