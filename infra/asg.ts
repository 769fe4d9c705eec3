/// <reference path="../.sst/platform/config.d.ts" />

import {
  type Alb,
  type AlbDomain,
  checkLinks,
  type Linkable,
  Service,
  type ServiceArgs,
} from "sst-ec2";
import { balancer } from "./alb.ts";
import type { Tables } from "./dynamodb.ts";
import { type Hosting, hostedArgs } from "./hosting/hosting.ts";
import { loggingOf, MEMORY_NAMESPACE, savedQueries } from "./logs/logs.ts";
import { shellCommand, shellRecord } from "./logs/shell.ts";
import type { AlarmTopic } from "./monitoring/alarms.ts";
import { clientAlarms } from "./monitoring/client-alarms.ts";
import { monitoring } from "./monitoring/monitoring.ts";
import { type Entrance, entranceOf } from "./network/entrance.ts";
import type { Postgres } from "./quotes/postgres.ts";
import type { TokenSecret } from "./secrets/token-secret.ts";
import type { ResolvedStage } from "./stages.ts";
import type { Network } from "./vpc.ts";

/** The API's port on instances, and on laptops without `PORT`. */
const PORT = 3000;

interface ApiArgs {
  stage: ResolvedStage;
  domain: AlbDomain | undefined;
  /** Topic for alarms. */
  alarms: AlarmTopic | undefined;
  tables: Tables;
  /** See {@link apiLinks}. */
  links: readonly Linkable[];
  // #region quotes
  /** The quotes' database, if the stage has one. */
  database: Postgres | undefined;
  // #endregion quotes
  /** Undefined in `sst dev`. */
  hosting: Hosting | undefined;
}

/**
 * The API's links in every stage.
 *
 * @throws When something cannot be linked; call it before network and balancer are created.
 */
export function apiLinks(tables: Tables, tokenSecret: TokenSecret): readonly Linkable[] {
  return checkLinks("Api", [...Object.values(tables), tokenSecret]);
}

/**
 * The API: on instances behind a balancer, or in `sst dev` as a process on this machine with the
 * same links and without network, balancer and instances.
 */
export function api(args: ApiArgs) {
  const { links, hosting } = args;
  const devPort = process.env.PORT || `${PORT}`;
  const service = {
    link: [
      ...links,
      ...(args.database ? [args.database.reader] : []), // drop: quotes
    ],
    connectsTo: args.database?.connections ?? [], // drop: quotes
    dev: {
      // npm finds the pinned Node.js; --watch restarts it when a source changes.
      command: "npm exec -- node --watch src/server.ts",
      // SST finds a command's links by its directory in --mode=mono and in a second terminal, so
      // every DevCommand has its own.
      directory: "packages/api",
      environment: { PORT: devPort },
      url: `http://localhost:${devPort}`,
    },
  };
  if (hosting) return deploy(args, hosting, service);
  return { url: new Service("Api", service).url };
}

function deploy(
  args: ApiArgs,
  hosting: Hosting,
  shared: Pick<ServiceArgs, "link" | "connectsTo" | "dev">,
) {
  const { stage, domain, alarms, tables } = args;
  const { network } = hosting;
  const entrance = entranceOf(stage);
  const alb = balancer(stage, domain, network);
  const service = new Service(
    "Api",
    {
      ...shared,
      ...hostedArgs(hosting, stage, "packages/api/src/server.ts"),
      port: PORT,
      loadBalancer: { instance: alb, rules: [{}] },
      health: { path: "/health/ready" },
      instances: stage.instances,
      ...(stage.spot && { capacity: { base: stage.spot.base, spot: stage.spot.percent } }),
      scaling: { min: stage.min, max: stage.max },
      environment: {
        ...proxiesOf(entrance, network),
        ...(!stage.docs && { API_DOCS: "off" }),
        ...limitsOf(stage),
        ...telemetryOf(stage),
      },
      ...loggingOf(stage),
      memoryMetric: stage.monitoring && { namespace: MEMORY_NAMESPACE },
      permissions: shellRecord(),
      detailedMonitoring: stage.detailedMonitoring,
      drain: stage.drain,
      alarmActions: alarms ? [alarms.arn] : [],
      rollout: {
        leastServing: stage.leastServing,
        // Lets an operator overrule the alarms.
        alarms: process.env.ROLLOUT_ALARMS !== "off",
        watch: (target) => (stage.monitoring ? clientAlarms("Api", target) : []),
        composite: stage.monitoring,
      },
    },
    {
      // Without internet or endpoints an instance cannot fetch its archives.
      dependsOn: [network.vpc, ...network.endpoints],
      // Its type before the library had a name of its own.
      aliases: [{ type: "steadfast:aws:Asg" }],
    },
  );
  const { logGroup } = service.nodes;
  if (logGroup) savedQueries(logGroup);
  monitoring({
    ...{ stage, topic: alarms, tables, service },
    database: args.database?.identifier, // drop: quotes
  });
  return { url: alb.url, shell: shellCommand(service), ...adviceOf(stage, entrance, alb) };
}

/** What else a deployer has to know or do. */
function adviceOf({ domain, certificate }: ResolvedStage, entrance: Entrance, alb: Alb) {
  return {
    ...(entrance === "http" && {
      warning:
        'plain HTTP: passwords and tokens cross the internet unencrypted; set "domain" or "edge" in infra/stages.ts',
    }),
    ...(certificate && { record: $interpolate`${domain} CNAME ${alb.host}` }),
  };
}

/** Variables for the stage's client limits, if any. */
function limitsOf({ clientLimits = {} }: ResolvedStage): Record<string, string> {
  const { registrations, userWrites } = clientLimits;
  return {
    ...(registrations !== undefined && { REGISTRATIONS: String(registrations) }),
    ...(userWrites !== undefined && { USER_WRITES: String(userWrites) }),
  };
}

/** Variables that turn on metrics and traces, if any. */
function telemetryOf({ telemetry }: ResolvedStage): Record<string, string> {
  if (!telemetry) return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint,
    OTEL_TRACES_SAMPLER_ARG: String(telemetry.traces),
  };
}

/**
 * The trusted chain of proxies: the balancer's nodes by their subnets, and CloudFront in front of
 * it, the only one that can reach an internal balancer.
 */
function proxiesOf(entrance: Entrance, { vpc }: Network) {
  const { publicSubnets, privateSubnets } = vpc.nodes;
  const subnets = entrance === "edge" ? privateSubnets : publicSubnets;
  const ranges = subnets
    .apply((all) => $util.all(all.map((subnet) => subnet.cidrBlock)))
    .apply((all) => all.join(","));
  return { TRUST_PROXY: ranges, ...(entrance === "edge" && { PROXY_HOPS: "2" }) };
}
