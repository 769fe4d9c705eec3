/// <reference path="../.sst/platform/config.d.ts" />
/** Where the API's log goes, and how it is asked. */
import { toSeconds } from "sst-ec2/helpers";
import { queries } from "./logs/queries.ts";
import type { Stage } from "./stages.ts";

/**
 * The API's log group, with four saved queries; undefined where the stage keeps its logs on the
 * instances. CloudWatch Logs encrypts it with a key of its own, and deletes lines after
 * `logRetention`. An instance has a stream of its own ID.
 *
 * ### Cost
 * $0.50 a GB that comes in and $0.03 a GB and month, compressed; the first 5 GB a month are free. A
 * request is a line of about 225 bytes, so a million of them are 0.23 GB. Asking costs $0.005 a GB
 * that is looked through.
 *
 * A busy API writes many of them: at 200 requests/s all day it is 118 GB a month, or **$59**. Where that is
 * too much, `LOG_LEVEL: "warn"` in the environment that `infra/asg.ts` gives the API leaves out what
 * went well.
 */
export function logGroup(stage: Stage): aws.cloudwatch.LogGroup | undefined {
  if (!stage.logs || $dev) return undefined;
  const group = new aws.cloudwatch.LogGroup("ApiLogs", {
    name: `/${$app.name}/${$app.stage}/api`,
    retentionInDays: toSeconds(stage.logRetention, "logRetention") / 86_400,
  });
  for (const [index, { name, text }] of queries.entries())
    new aws.cloudwatch.QueryDefinition(`ApiLogsQuery${index + 1}`, {
      // The console shows what is before a slash as a folder.
      name: `${$app.name}-${$app.stage}/${name}`,
      logGroupNames: [group.name],
      queryString: text,
    });
  return group;
}
