/// <reference path="../../.sst/platform/config.d.ts" />
/** The API's log group and its queries. */
import { toSeconds } from "sst-ec2/helpers";
import type { Stage } from "../stages.ts";
import { queries } from "./queries.ts";

/**
 * The API's log group with four saved queries; undefined if the stage keeps its logs on the
 * instances. CloudWatch Logs encrypts it with its own key and deletes lines after `logRetention`.
 * Each instance has a stream named by its ID.
 *
 * ### Cost
 * $0.50 a GB that comes in and $0.03 a GB and month, compressed; the first 5 GB a month are free. A
 * request is a line of about 225 bytes, so a million of them are 0.23 GB. Asking costs $0.005 a GB
 * that is looked through.
 *
 * At 200 requests/s all day it is 118 GB a month, or **$59**. If that is too much, set `LOG_LEVEL:
 * "warn"` in the API's environment in `infra/asg.ts`, which leaves out successful requests.
 */
export function logGroup(stage: Stage): aws.cloudwatch.LogGroup | undefined {
  if (!stage.logs || $dev) return undefined;
  const group = new aws.cloudwatch.LogGroup("ApiLogs", {
    name: `/${$app.name}/${$app.stage}/api`,
    retentionInDays: toSeconds(stage.logRetention, "logRetention") / 86_400,
  });
  for (const [index, { name, text }] of queries.entries())
    new aws.cloudwatch.QueryDefinition(`ApiLogsQuery${index + 1}`, {
      // The console shows the part before a slash as a folder.
      name: `${$app.name}-${$app.stage}/${name}`,
      logGroupNames: [group.name],
      queryString: text,
    });
  return group;
}
