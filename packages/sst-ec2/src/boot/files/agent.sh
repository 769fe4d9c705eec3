#!/bin/bash
# Installs the CloudWatch agent on the first boot, from Amazon Linux's own repository, which is in S3 and
# which the machine image pins; starts it on each, with its configuration. A boot neither waits for it nor
# fails with it.
set -euo pipefail

readonly control=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
if [ ! -x "$control" ]; then dnf install --assumeyes --quiet amazon-cloudwatch-agent; fi
"$control" -a fetch-config -m ec2 -s -c "file:/opt/$SERVICE/agent.json"
