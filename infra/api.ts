/// <reference path="../.sst/platform/config.d.ts" />
import { deployArtifact } from "./artifact.ts";
import { Alb } from "./components/alb.ts";
import { Asg } from "./components/asg.ts";
import type { Tables } from "./dynamodb.ts";
import type { ResolvedStage } from "./stages.ts";
import { network } from "./vpc.ts";

/** Port of the API on instances, and on laptops unless the environment has another `PORT`. */
const PORT = 3000;

/** What the API is linked to. */
interface ApiLinks {
  tables: Tables;
  tokenSecret: sst.Linkable<Record<string, unknown>>;
}

/**
 * The API: behind a balancer on instances, or in `sst dev` as a process on this machine with the same
 * links and neither network, balancer nor instances.
 */
export async function api(stage: ResolvedStage, { tables, tokenSecret }: ApiLinks) {
  const devPort = process.env.PORT || `${PORT}`;
  const service = {
    link: [tables.users, tables.logins, tables.posts, tokenSecret],
    dev: {
      command: "npm exec -- node --watch packages/api/src/server.ts",
      environment: { PORT: devPort, LOG_LEVEL: "info" },
    },
  };
  if ($dev) {
    const asg = new Asg("Api", { vpc: { id: "", subnets: [] }, ...service });
    return { url: $util.output(`http://localhost:${devPort}`), asg };
  }

  const { vpc, endpoints, subnets } = network(stage);
  const alb = new Alb("Alb", {
    vpc,
    deletionProtection: stage.deletionProtection,
    ...(stage.domain && { domain: stage.domain }),
    ...(stage.accessLogs && { accessLogs: stage.logRetention }),
  });
  const artifact = await deployArtifact("Artifact", {
    service: "api",
    entry: "packages/api/src/server.ts",
    architecture: stage.architecture,
    retain: stage.retain,
  });
  const asg = new Asg(
    "Api",
    {
      ...service,
      vpc: { id: vpc.id, subnets, publicIp: stage.nat === "none" },
      artifact: { ...artifact, bucket: artifact.bucket.name, architecture: stage.architecture },
      target: alb.target("Api", { port: PORT, deregistrationDelay: stage.drain }),
      instances: stage.instances,
      scaling: { min: stage.min, max: stage.max },
      detailedMonitoring: stage.detailedMonitoring,
      drain: stage.drain,
      environment: { TRUST_PROXY: publicRanges(vpc) },
    },
    { dependsOn: [vpc, ...endpoints] },
  );
  return { url: alb.url, asg, alb };
}

/** Where the balancer's nodes are, whose word on a client's address counts. */
function publicRanges(vpc: sst.aws.Vpc): $util.Output<string> {
  return vpc.nodes.publicSubnets
    .apply((subnets) => $util.all(subnets.map((subnet) => subnet.cidrBlock)))
    .apply((ranges) => ranges.join(","));
}
