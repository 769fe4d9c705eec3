#!/bin/bash
# Copies the service's log from the journal to a file that an agent reads.
#
# The CloudWatch agent can read the journal itself (since 2026), but sends each entry with all
# journal fields: several times the bytes, which are paid for, and with the service's JSON inside a
# string, where queries cannot see its fields. The file contains only the service's lines.
#
# The service writes to the journal and does not depend on this: if the copy lags, dies or meets no
# agent, the journal keeps the lines, and the file stays below its limit.
set -uo pipefail

# Seconds between reads of the journal: the longest delay of a line.
readonly interval_seconds=5
# Seconds that the agent has after the last line before it stops or the instance goes; it sends every
# five seconds.
readonly flush_seconds=6
# Size at which the file is rotated; one old file is kept.
readonly max_bytes=$((16 * 1024 * 1024))

# The file is renamed before a copy and not after it, so that the agent has read all of it. Where the
# copy ended is noted by journalctl once it has written everything: a power cut may repeat a few
# lines, and loses none.
copy() {
  local size
  size=$(stat --format %s "$LOG_FILE" 2>/dev/null) || size=0
  if [ "$size" -ge "$max_bytes" ]; then mv --force "$LOG_FILE" "$LOG_FILE.1"; fi
  journalctl --quiet --no-pager --identifier "$SERVICE" --output cat \
    --cursor-file "$STATE_DIRECTORY/cursor" >>"$LOG_FILE"
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
