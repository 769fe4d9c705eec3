import assert from "node:assert/strict";
import { stageOf } from "../../../infra/stages.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { only, same } from "./expect.ts";

/**
 * The agent's configuration names the file that user data writes, the log group that is there, and the
 * deployment's Auto Scaling group.
 */
export async function checkLogs(cloud: Cloud, { userData, group }: Deployment, name: string) {
  const logGroupName = `/steadfast/${name}/api`;
  const { logGroups } = await cloud.logs.describeLogGroups({ logGroupNamePrefix: logGroupName });
  const found = only(logGroups, "log group of the API");
  same(`${found.retentionInDays} days`, stageOf(name).logRetention, "days that logs are kept");
  const [, configuration = ""] = /\/agent\.json" <<'EOF'\n(.+)\nEOF/.exec(userData) ?? [];
  const { logs, metrics } = JSON.parse(configuration);
  const file = only<Record<string, string>>(logs.logs_collected.files.collect_list, "log file");
  same(file.log_group_name, found.logGroupName, "the agent's log group");
  assert.ok(userData.includes(`LOG_FILE='${file.file_path}'`), "nobody writes the log file");
  same(
    metrics.metrics_collected.mem.append_dimensions,
    { AutoScalingGroupName: group.AutoScalingGroupName },
    "whose memory the agent reports",
  );
}
