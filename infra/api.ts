/// <reference path="../.sst/platform/config.d.ts" />

import { Alb, type AlbDomain, Asg, type AsgArgs, checkLinks, type Linkable } from "sst-ec2";
import { agent } from "./agent.ts";
import type { AlarmTopic } from "./alarms.ts";
import type { Tables } from "./dynamodb.ts";
import { type Entrance, entranceOf } from "./entrance.ts";
import type { Ground } from "./ground.ts";
import { clientAlarms } from "./monitoring/client-alarms.ts";
import { monitoring } from "./monitoring.ts";
import type { Postgres } from "./postgres.ts";
import { shellCommand, shellRecord } from "./shell.ts";
import type { ResolvedStage } from "./stages.ts";
import type { TokenSecret } from "./token-secret.ts";
import type { Network } from "./vpc.ts";

/** Port of the API on instances, and on laptops unless the environment has another `PORT`. */
const PORT = 3000;

interface ApiArgs {
  stage: ResolvedStage;
  domain: AlbDomain | undefined;
  /** Where alarms go. */
  alarms: AlarmTopic | undefined;
  /** Where the log goes. */
  logs: aws.cloudwatch.LogGroup | undefined;
  tables: Tables;
  /** See {@link apiLinks}. */
  links: readonly Linkable[];
  /** The quotes' database, where the stage has one. */
  database: Postgres | undefined;
  /** Not in `sst dev`. */
  ground: Ground | undefined;
}

/**
 * What the API is linked to in every stage.
 *
 * @throws When something cannot be linked; ask before network and balancer are made.
 */
export function apiLinks(tables: Tables, tokenSecret: TokenSecret): readonly Linkable[] {
  return checkLinks("Api", [...Object.values(tables), tokenSecret]);
}

/**
 * The API: behind a balancer on instances, or in `sst dev` as a process on this machine with the same
 * links and neither network, balancer nor instances.
 */
export function api(args: ApiArgs) {
  const { links, database, ground } = args;
  const devPort = process.env.PORT || `${PORT}`;
  const service = {
    link: [...links, ...(database ? [database.reader] : [])],
    connectsTo: database?.connections ?? [],
    dev: {
      // npm finds the Node.js that the app is pinned to; --watch starts it again when a source changes.
      command: "npm exec -- node --watch src/server.ts",
      // SST finds a command's links by its directory in --mode=mono and in a second terminal, so every
      // DevCommand has one of its own.
      directory: "packages/api",
      environment: { PORT: devPort },
    },
  };
  if (ground) return deploy(args, ground, service);
  new Asg("Api", service);
  return { url: $util.output(`http://localhost:${devPort}`) };
}

function deploy(
  args: ApiArgs,
  { network: net, artifacts }: Ground,
  service: Pick<AsgArgs, "link" | "connectsTo" | "dev">,
) {
  const { stage, domain, alarms, logs, tables, database } = args;
  const { certificate, drain } = stage;
  const entrance = entranceOf(stage);
  const alb = new Alb("Alb", {
    vpc: net.vpc,
    // Swagger UI's own files, whose paths change with them.
    edge: entrance === "edge" && { cache: ["/docs/static/*/*"] },
    ...(domain && { domain }),
    ...(certificate && { certificate }),
    ...(stage.accessLogs && { accessLogs: stage.logRetention }),
    deletionProtection: stage.deletionProtection,
  });
  const target = alb.target("Api", { port: PORT, deregistrationDelay: drain });
  const { logFile, permissions } = agent({ service: "Api", logs, memory: stage.monitoring });
  const asg = new Asg(
    "Api",
    {
      ...service,
      logFile,
      permissions: [...permissions, ...shellRecord()],
      vpc: { id: net.vpc.id, subnets: net.subnets, publicIp: stage.nat === "none" },
      artifact: artifacts.api,
      target,
      instances: stage.instances,
      ...(stage.spot && { spot: stage.spot }),
      scaling: { min: stage.min, max: stage.max },
      environment: {
        ...proxiesOf(entrance, net),
        ...(!stage.docs && { API_DOCS: "off" }),
        ...limitsOf(stage),
        ...telemetryOf(stage),
      },
      detailedMonitoring: stage.detailedMonitoring,
      drain,
      alarmActions: alarms ? [alarms.arn] : [],
      rollout: {
        leastServing: stage.leastServing,
        // For whoever knows better than the alarms.
        alarms: process.env.ROLLOUT_ALARMS !== "off",
        watch: stage.monitoring ? clientAlarms("Api", target) : [],
        composite: stage.monitoring,
      },
    },
    // Without a way out an instance cannot fetch its archives.
    { dependsOn: [net.vpc, ...net.endpoints] },
  );
  monitoring({
    ...{ stage, topic: alarms, tables, asg, target, logs },
    database: database?.identifier,
  });
  return { url: alb.url, shell: shellCommand(asg), ...adviceOf(stage, entrance, alb) };
}

/** What else whoever deploys has to know or do. */
function adviceOf({ domain, certificate }: ResolvedStage, entrance: Entrance, alb: Alb) {
  return {
    ...(entrance === "http" && {
      warning:
        'plain HTTP: passwords and tokens cross the internet unencrypted; set "domain" or "edge" in infra/stages.ts',
    }),
    ...(certificate && { record: $interpolate`${domain} CNAME ${alb.host}` }),
  };
}

/** The variables for what one client may do, where the stage says so. */
function limitsOf({ clientLimits = {} }: ResolvedStage): Record<string, string> {
  const { registrations, userWrites } = clientLimits;
  return {
    ...(registrations !== undefined && { REGISTRATIONS: String(registrations) }),
    ...(userWrites !== undefined && { USER_WRITES: String(userWrites) }),
  };
}

/** The variables by which the API makes metrics and traces, or none. */
function telemetryOf({ telemetry }: ResolvedStage): Record<string, string> {
  if (!telemetry) return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint,
    OTEL_TRACES_SAMPLER_ARG: String(telemetry.traces),
  };
}

/**
 * The chain of proxies whose word on a client's address counts: the balancer's nodes by their
 * subnets, and CloudFront before them, which alone can connect to a balancer behind it.
 */
function proxiesOf(entrance: Entrance, { vpc }: Network) {
  const { publicSubnets, privateSubnets } = vpc.nodes;
  const subnets = entrance === "edge" ? privateSubnets : publicSubnets;
  const ranges = subnets
    .apply((all) => $util.all(all.map((subnet) => subnet.cidrBlock)))
    .apply((all) => all.join(","));
  return { TRUST_PROXY: ranges, ...(entrance === "edge" && { PROXY_HOPS: "2" }) };
}
