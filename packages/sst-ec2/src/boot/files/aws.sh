#!/bin/bash
# What the scripts ask of the instance's metadata and of AWS. To be sourced.

metadata() { # PATH
  local token url=http://169.254.169.254/latest
  token=$(curl --fail --silent --max-time 2 --retry 3 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$url/api/token") &&
    curl --fail --silent --max-time 2 --header "X-aws-ec2-metadata-token: $token" "$url/meta-data/$1"
}

# Has the group replace this instance. Outside a group it does nothing.
report_sick() {
  [ -z "$GROUP" ] || aws autoscaling set-instance-health --health-status Unhealthy \
    --no-should-respect-grace-period --instance-id "$(metadata instance-id)"
}
