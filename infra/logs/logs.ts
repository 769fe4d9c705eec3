/** The services' logs, and the API's saved queries. */
import type { ServiceArgs } from "sst-ec2";
import type { Stage } from "../stages.ts";
import { queries } from "./queries.ts";

/** Namespace of the instances' memory metric. */
export const MEMORY_NAMESPACE = "Steadfast";

/**
 * Arguments of a service for its log, which some stages keep on the instances. Each instance has a
 * stream named by its ID.
 *
 * ### Cost
 * $0.50 a GB that comes in and $0.03 a GB and month, compressed; the first 5 GB a month are free. A
 * million requests are 0.23 GB: at 200 requests/s all day 118 GB a month, or **$59**. `LOG_LEVEL:
 * "warn"` in the API's environment leaves out successful requests.
 */
export function loggingOf(stage: Stage): Pick<ServiceArgs, "logging" | "transform"> {
  if (!stage.logs) return { logging: false };
  return {
    logging: { retention: stage.logRetention },
    transform: {
      logGroup: (_args, opts) => {
        // Where it stood before the library made it.
        opts.aliases = [{ parent: $util.rootStackResource }];
        return undefined;
      },
    },
  };
}

/** Saved queries of the API's log. */
export function savedQueries(group: aws.cloudwatch.LogGroup): void {
  for (const [index, { name, text }] of queries.entries())
    new aws.cloudwatch.QueryDefinition(`ApiLogsQuery${index + 1}`, {
      // The console shows the part before a slash as a folder.
      name: `${$app.name}-${$app.stage}/${name}`,
      logGroupNames: [group.name],
      queryString: text,
    });
}
