import { Alb, type AlbDomain } from "sst-ec2";
import { entranceOf } from "./network/entrance.ts";
import type { ResolvedStage } from "./stages.ts";
import type { Network } from "./vpc.ts";

/** The API's balancer, with CloudFront in front if the stage has it. */
export function balancer(
  stage: ResolvedStage,
  domain: AlbDomain | undefined,
  { vpc }: Network,
): Alb {
  const { certificate, accessLogs, logRetention, deletionProtection } = stage;
  return new Alb(
    "Alb",
    {
      vpc,
      // Swagger UI's own files, whose paths change with them.
      edge: entranceOf(stage) === "edge" && { cache: ["/docs/static/*/*"] },
      ...(domain && { domain }),
      ...(certificate && { certificate }),
      ...(accessLogs && { accessLogs: logRetention }),
      deletionProtection,
    },
    // Its type before the library had a name of its own.
    { aliases: [{ type: "steadfast:aws:Alb" }] },
  );
}
