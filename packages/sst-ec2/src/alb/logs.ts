/** A balancer's access logs. */

import { toSecondsWithin } from "../sst/duration.ts";
import { transform } from "../sst/transform.ts";
import type { AlbArgs } from "./args.ts";

interface LogsContext {
  name: string;
  args: AlbArgs;
  parent: $util.Resource;
}

/** The bucket for access logs, if they are wanted. */
export function createAccessLogs({ name, args, parent }: LogsContext): sst.aws.Bucket | undefined {
  if (!args.accessLogs) return undefined;
  const days = Math.ceil(
    toSecondsWithin(args.accessLogs, "accessLogs", [86_400, 3653 * 86_400]) / 86_400,
  );
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const [bucketName, bucketArgs, bucketOpts] = transform<sst.aws.BucketArgs>(
    args.transform?.accessLogs,
    `${name}AccessLogs`,
    {
      cors: false,
      // The balancer's prefix. S3 requires a rule to have one.
      lifecycle: [{ id: "expire", prefix: "AWSLogs/", expiresIn: `${days} days` }],
      policy: [
        {
          principals: [
            {
              type: "service",
              identifiers: ["logdelivery.elasticloadbalancing.amazonaws.com"],
            },
          ],
          actions: ["s3:PutObject"],
          // The account in the path keeps other accounts' balancers out.
          paths: [$interpolate`AWSLogs/${account}/*`],
        },
      ],
    },
    { parent },
  );
  return new sst.aws.Bucket(bucketName, bucketArgs, bucketOpts);
}
