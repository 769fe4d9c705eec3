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
import { type Hosting, hostedArgs, hostedOptions, programArgs } from "./hosting/hosting.ts";
import { MEMORY_NAMESPACE, savedQueries } from "./logs/logs.ts";
import { shellCommand } from "./logs/shell.ts";
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
  alarms: AlarmTopic | undefined;
  tables: Tables;
  /** See {@link apiLinks}. */
  links: readonly Linkable[];
  // #region quotes
  /** If the stage has it. */
  database: Postgres | undefined;
  // #endregion quotes
  /** Undefined in `sst dev`. */
  hosting: Hosting | undefined;
}

/**
 * The API's links in every stage.
 * @throws when something cannot be linked; call it before anything is created
 */
export function apiLinks(tables: Tables, tokenSecret: TokenSecret): readonly Linkable[] {
  return checkLinks("Api", [...Object.values(tables), tokenSecret]);
}

/** The API: on instances behind a balancer, or in `sst dev` as a process on this machine. */
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
      // npm finds the pinned Node.js.
      command: "npm exec -- node --watch src/server.ts",
      // SST finds a command's links by its directory, so every DevCommand has its own.
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
      ...hostedArgs(hosting, stage),
      ...programArgs("packages/api/src/server.ts"),
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
      memoryMetric: stage.monitoring && { namespace: MEMORY_NAMESPACE },
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
    hostedOptions(hosting),
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

function limitsOf({ clientLimits = {} }: ResolvedStage): Record<string, string> {
  const { registrations, userWrites } = clientLimits;
  return {
    ...(registrations !== undefined && { REGISTRATIONS: String(registrations) }),
    ...(userWrites !== undefined && { USER_WRITES: String(userWrites) }),
  };
}

function telemetryOf({ telemetry }: ResolvedStage): Record<string, string> {
  if (!telemetry) return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint,
    OTEL_TRACES_SAMPLER_ARG: String(telemetry.traces),
  };
}

/**
 * The trusted chain of proxies: the balancer by its subnets, and CloudFront, the only one that
 * reaches an internal balancer.
 */
function proxiesOf(entrance: Entrance, { vpc }: Network) {
  const { publicSubnets, privateSubnets } = vpc.nodes;
  const subnets = entrance === "edge" ? privateSubnets : publicSubnets;
  const ranges = subnets
    .apply((all) => $util.all(all.map((subnet) => subnet.cidrBlock)))
    .apply((all) => all.join(","));
  return { TRUST_PROXY: ranges, ...(entrance === "edge" && { PROXY_HOPS: "2" }) };
}
