#!/bin/bash
# An instance's first boot: downloads the archives, writes and starts the units, and is done when the
# service is up. `user-data.ts` puts two functions before it: `settings`, which prints the settings,
# and `write_files`, which writes the units and the scripts beside the service.
set -euo pipefail
set -o allexport
# shellcheck source=/dev/null
. <(settings)
set +o allexport
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5
readonly root=/opt/$SERVICE units=/etc/systemd/system
errors=$(mktemp)
exec 3>&2 2>"$errors"
step='the first step' laps='' began=${EPOCHREALTIME/[.,]/}
step_began=$began

# Where the time goes is said on the console at the end of each boot, not only when somebody measures.
begin() { # STEP
  local now=${EPOCHREALTIME/[.,]/}
  laps+="${laps:+, }$step $(seconds $((now - step_began)))"
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
  outcome="$SERVICE: ready $(seconds $((step_began - began))) after user data began: ${laps#*, }"
  if [ "$status" != 0 ]; then
    reason=$(grep --invert-match '^[[:space:]]*$' "$errors" | tail --lines 1 | cut --characters 1-500) || true
    outcome="$SERVICE: boot failed in $failed: ${reason:-exit status $status}"
    # Nothing may answer here, not even a balancer's last resort.
    systemctl disable --quiet "$SERVICE.socket" "$SERVICE@.service" || true
    systemctl stop "$SERVICE.socket" || true
    systemctl stop "$SERVICE@*.service" || true
  fi
  echo "$outcome" >&2
  echo "$outcome" >/dev/console || true
  [ "$status" = 0 ] || report_sick || true
  exit "$status"
}
trap finish EXIT

write() { # FILE
  mkdir --parents "${1%/*}"
  cat >"$1"
}
settings | write "$root/settings"
write_files
# shellcheck source-path=SCRIPTDIR source=aws.sh
. "$root/aws.sh"

# A role that was made moments ago is not known everywhere yet.
patiently() { # COMMAND...
  local attempt
  for attempt in 1 2 3; do
    [ "$attempt" = 1 ] || sleep 5
    if "$@"; then return; fi
  done
  return 1
}

# Signed with the role's credentials by curl, which starts in a hundredth of the AWS CLI's time.
download() { # KEY FILE
  local key=$1 file=$2 url role credentials
  url=${AWS_ENDPOINT_URL:+$AWS_ENDPOINT_URL/$BUCKET}
  url=${url:-https://$BUCKET.s3.$AWS_DEFAULT_REGION.$(metadata services/domain)}
  role=$(metadata iam/security-credentials/)
  if ! credentials=$(metadata "iam/security-credentials/$role"); then
    echo "the instance's role has no credentials" >&2
    return 1
  fi
  of() { sed --quiet "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$credentials"; }
  # What is secret goes in by standard input: anybody may list arguments. S3 wants the body's hash, of
  # which there is none, and not every curl adds it.
  curl --silent --show-error --fail-with-body --retry 4 --retry-connrefused --connect-timeout 5 \
    --speed-time 10 --aws-sigv4 "aws:amz:$AWS_DEFAULT_REGION:s3" --config - --output "$file" \
    "$url/$key" <<END && return
user = "$(of AccessKeyId):$(of SecretAccessKey)"
header = "x-amz-security-token: $(of Token)"
header = "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
END
  # S3 says what is wrong in XML.
  [ ! -s "$file" ] || tr --delete '\n' <"$file" | sed --regexp-extended \
    "s|.*<Code>([^<]*)</Code>.*<Message>([^<]*)<.*|s3://$BUCKET/$key: \1: \2\n|" >&2
  return 1
}

# Whoever looks at $root/$name sees the whole archive or none. What is unpacked is hashed at the same
# time: a wrong archive stays in a folder that only root can enter, and goes.
fetch() { # NAME KEY SHA256
  local name=$1 key=$2 sha256=$3 place found hashing owner=no-same-owner
  # An image's files belong to its own users, by their numbers.
  [ -z "$IMAGE_USER" ] || owner=same-owner
  place=$(mktemp --directory "$root/.$name.XXXXXX")
  mkdir "$place/content"
  patiently download "$key" "$place/archive"
  mkfifo "$place/tar"
  sha256sum <"$place/tar" >"$place/sum" &
  hashing=$!
  gzip --decompress --stdout "$place/archive" | tee "$place/tar" |
    tar --extract "--$owner" --file - --directory "$place/content"
  wait "$hashing"
  read -r found _ <"$place/sum"
  if [ "$found" != "$sha256" ]; then
    rm --recursive --force "$place"
    echo "SHA-256 of the tar in s3://$BUCKET/$key is $found, expected $sha256" >&2
    return 1
  fi
  mv --no-target-directory "$place/content" "$root/$name-${sha256:0:16}"
  ln --symbolic --force --no-dereference "$name-${sha256:0:16}" "$root/$name"
  rm --recursive "$place"
}

begin 'the download'
runtime_job=
if [ -n "$RUNTIME_KEY" ]; then
  fetch runtime "$RUNTIME_KEY" "$RUNTIME_SHA256" &
  runtime_job=$!
fi
fetch app "$APP_KEY" "$APP_SHA256"
[ -z "$runtime_job" ] || wait "$runtime_job"

begin 'starting the units'
PROCESSES=${PROCESSES:-$(nproc)}
# Its first line is the machine's memory, in KiB. V8 gets what the rest of a process leaves of its share:
# Node itself, hashing, buffers and new objects.
read -r _ memory_kib _ </proc/meminfo
share_mib=$((memory_kib * MEMORY_PERCENT / 100 / 1024 / PROCESSES))
heap_mib=$((share_mib > 174 ? share_mib - 110 : 64))
printf '[Service]\nMemoryMax=%dM\nEnvironment=NODE_OPTIONS=--max-old-space-size=%d\n' "$share_mib" "$heap_mib" |
  write "$units/$SERVICE@.service.d/memory.conf"
# Units name an image's user by its number; systemd starts nobody whom the instance does not know.
if [ -n "$IMAGE_USER" ]; then
  getent passwd "$IMAGE_USER" >/dev/null ||
    echo "$SERVICE-image:x:$IMAGE_USER:$IMAGE_GROUP::/:/sbin/nologin" >>/etc/passwd
  getent group "$IMAGE_GROUP" >/dev/null || echo "$SERVICE-image:x:$IMAGE_GROUP:" >>/etc/group
fi

# The last line that says something: none of an error's stack and properties, nor the version that
# Node prints below.
last_words() {
  journalctl --identifier "$SERVICE" --output cat --lines 50 |
    grep --extended-regexp --invert-match '^([[:space:]]|Node\.js v|[]})]*$)' | tail --lines 1
}

if [ -n "$LINKS_UNIT" ] && ! systemctl enable --now --quiet "$LINKS_UNIT"; then
  journalctl --sync
  last_words >&2
  exit 1
fi
mapfile -t instances < <(seq --format "$SERVICE@%g.service" "$PROCESSES")
read -ra beside <<<"$STANDING_UNITS"
systemctl enable --now --quiet "${beside[@]}" "${instances[@]}"
# One that fails at once would fail the boot with it.
[ -z "$AGENT_UNIT" ] || systemctl enable --now --no-block --quiet "$AGENT_UNIT"

restarts() { systemctl show --property NRestarts --value "$SERVICE@1.service"; }
answers() {
  local code range
  code=$(curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' \
    "http://127.0.0.1:$PORT$HEALTH_PATH") || return
  for range in $HEALTH_CODES; do
    if [ "$code" -ge "${range%-*}" ] && [ "$code" -le "${range#*-}" ]; then return; fi
  done
  return 1
}
# systemd's socket takes connections before the program does: one that nobody has taken is in its queue,
# whose length the kernel shows beside a listening socket.
listens() {
  local hex address state queues
  (exec 4<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || return
  printf -v hex '%04X' "$PORT"
  while read -r _ address _ state queues _; do
    if [ "$state" = 0A ] && [ "${address#*:}" = "$hex" ] && [ "${queues#*:}" != 00000000 ]; then return 1; fi
  done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
}
# Without anything to ask, what has run for five seconds is up.
lasts() {
  local before
  before=$(restarts)
  sleep 5
  [ "$(restarts)" = "$before" ] && systemctl is-active --quiet "$SERVICE@1.service"
}
is_up() {
  if [ -n "$HEALTH_PATH" ]; then answers; elif [ -n "$WAITS_FOR_PORT" ]; then listens; else lasts; fi
}
begin "waiting for ${HEALTH_PATH:-${WAITS_FOR_PORT:-its processes}}"
until is_up; do
  if [ "$SECONDS" -ge "$READY_SECONDS" ] || [ "$(restarts)" -ge 10 ]; then
    echo "not ready after $SECONDS s and $(restarts) restarts; it said: $(last_words)" >&2
    exit 1
  fi
  sleep 0.2
done
