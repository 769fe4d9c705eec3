/** The resources of a balancer: made, or found. */
import { ArgumentError } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { uniqueName } from "../sst/naming.ts";
import { regionName } from "../sst/region.ts";
import { transform } from "../sst/transform.ts";
import type { AlbArgs, AlbEdge, AlbRule } from "./args.ts";
import {
  certificateProvider,
  checkDomain,
  createAlias,
  createCertificate,
  dnsOf,
} from "./domain.ts";
import { CLOUDFRONT_ZONE, checkEdge, createEdge, IDLE_BEHIND_EDGE } from "./edge.ts";
import { createAccessLogs } from "./logs.ts";
import { AlbProtection } from "./protection.ts";
import { takesAll } from "./rules.ts";
import { checkClients, createSecurityGroup } from "./security-group.ts";
import type { Balancer } from "./target.ts";

/** The resources of an `Alb`. */
export interface AlbNodes {
  /** The balancer. */
  loadBalancer: aws.lb.LoadBalancer;
  /** The balancer's security group. */
  securityGroup: aws.ec2.SecurityGroup;
  /** The listener that forwards to targets: HTTPS where there is a certificate, else HTTP. Not of `Alb.get`. */
  listener: aws.lb.Listener | undefined;
  /** CloudFront's way into the VPC, with `edge`. */
  vpcOrigin: aws.cloudfront.VpcOrigin | undefined;
  /** The distribution, with `edge`. */
  distribution: aws.cloudfront.Distribution | undefined;
}

/** Further facts about them. */
export interface AlbResources extends AlbNodes {
  vpcId: $util.Input<string>;
  internal: boolean;
  /** Whether clients speak HTTPS. */
  secure: boolean;
  domain: string | undefined;
  /** See {@link Balancer}. */
  placeOf: Balancer["placeOf"];
}

/** Arguments of an existing balancer. */
export interface AlbReference {
  arn: $util.Input<string>;
}

export function isReference(args: AlbArgs | AlbReference): args is AlbReference {
  return "arn" in args;
}

/** Looks up a balancer of another app, and leaves it as it is. */
export function findBalancer(
  name: string,
  arn: $util.Input<string>,
  parent: $util.Resource,
): AlbResources {
  const loadBalancer = aws.lb.LoadBalancer.get(name, arn, {}, { parent });
  const group = loadBalancer.securityGroups.apply((groups) => {
    const [first] = groups ?? [];
    if (first) return first;
    throw new ArgumentError(`The balancer of "${name}" has no security group.`);
  });
  const securityGroup = aws.ec2.SecurityGroup.get(`${name}SecurityGroup`, group, {}, { parent });
  const listeners = new Map<string, aws.lb.Listener>();
  return {
    ...{ loadBalancer, securityGroup, vpcId: loadBalancer.vpcId },
    ...{ listener: undefined, vpcOrigin: undefined, distribution: undefined, domain: undefined },
    internal: false,
    secure: false,
    placeOf(rule, argument) {
      const { listen = "80/http", priority } = rule;
      if (takesAll(rule) && !rule.redirect && priority === undefined)
        throw new ArgumentError(
          `"${argument}" takes every request of "${name}", which another app or stage has made; give it "conditions", or "priority" if that is meant.`,
        );
      const listener = listeners.get(listen) ?? findListener(name, arn, listen, parent);
      listeners.set(listen, listener);
      return { listen, listener };
    },
  };
}

function findListener(
  name: string,
  arn: $util.Input<string>,
  listen: string,
  parent: $util.Resource,
): aws.lb.Listener {
  const port = Number.parseInt(listen, 10);
  const found = aws.lb
    .getListenerOutput({ loadBalancerArn: arn, port }, { parent })
    .apply(({ arn, protocol }) => {
      checkSpoken(name, listen, protocol);
      return arn;
    });
  return aws.lb.Listener.get(`${name}Listener${port}`, found, {}, { parent });
}

/**
 * Checks that a listener which is there speaks what a rule says.
 *
 * @param protocol The listener's, as AWS writes it.
 * @throws When it does not.
 */
export function checkSpoken(name: string, listen: string, protocol: string): void {
  const [port, wanted] = listen.split("/");
  if (protocol.toLowerCase() === wanted) return;
  throw new ArgumentError(
    `"listen" is "${listen}", but "${name}" speaks ${protocol} on port ${port}.`,
  );
}

/** Creates a balancer from its arguments. */
export function createBalancer(name: string, args: AlbArgs, parent: $util.Resource): AlbResources {
  checkVpc(args.vpc);
  checkEdge(args);
  checkClients(args);
  const edge = args.edge === true ? {} : args.edge || undefined;
  const internal = edge !== undefined || args.public === false;
  const named = resolveDomain(name, args, parent);
  // With an edge, the edge has the certificate.
  const secure = named !== undefined && !edge;
  const ports = secure ? [80, 443] : [80];
  const securityGroup = createSecurityGroup({ name, args, ports, parent });
  const loadBalancer = createLoadBalancer(name, args, { securityGroup, edge, internal, parent });
  const provider = edge && named && certificateProvider(name, parent);
  const certificate = named && (args.certificate ?? createCertificate(named, provider));
  const context = { name, args, loadBalancer, parent };
  const listener = secure ? createHttps(context, certificate ?? "") : createHttp(context);
  if (secure) createRedirect(context);
  const aliased = named && { name: named.domain.name, certificate: certificate ?? "" };
  const distributed = edge && createEdge({ ...context, edge, domain: aliased });
  if (named)
    createAlias(
      named,
      distributed
        ? { name: distributed.distribution.domainName, zone: CLOUDFRONT_ZONE }
        : { name: loadBalancer.dnsName, zone: loadBalancer.zoneId },
    );
  return {
    ...{ loadBalancer, securityGroup, listener, internal },
    vpcOrigin: distributed?.vpcOrigin,
    distribution: distributed?.distribution,
    vpcId: args.vpc.id,
    secure: secure || edge !== undefined,
    domain: named?.domain.name,
    placeOf(rule, argument) {
      const speaks = secure || edge !== undefined;
      const own = speaks ? "443/https" : "80/http";
      if (isOwnRedirect(name, rule, argument, speaks)) return undefined;
      checkListen(name, rule.listen, argument, own);
      return { listen: own, listener };
    },
  };
}

/** HTTP is redirected wherever there is HTTPS, and nothing else can be. */
function isOwnRedirect(
  name: string,
  { listen, redirect }: AlbRule,
  argument: string,
  secure: boolean,
): boolean {
  if (redirect === undefined) return false;
  if (secure && listen === "80/http" && redirect === "443/https") return true;
  throw new ArgumentError(
    secure
      ? `"${argument}" redirects ${listen ? `"${listen}" ` : ""}to "${redirect}"; "${name}" can redirect "80/http" to "443/https" alone.`
      : `"${argument}.redirect" is "${redirect}", but "${name}" speaks HTTP alone: it has no certificate; give it "domain" or "edge".`,
  );
}

function checkListen(name: string, listen: AlbRule["listen"], argument: string, own: string) {
  if (listen === undefined || listen === own) return;
  const secure = own === "443/https";
  const why = secure
    ? "it redirects HTTP to HTTPS"
    : 'it has no certificate; give it "domain" or "edge"';
  throw new ArgumentError(
    `"${argument}.listen" is "${listen}", but "${name}" takes requests on "${own}": ${why}.`,
  );
}

function resolveDomain(name: string, args: AlbArgs, parent: $util.Resource) {
  const domain = typeof args.domain === "string" ? { name: args.domain } : args.domain;
  if (domain) {
    checkDomain(domain);
    return { name, args, domain, dns: dnsOf(domain, args), parent };
  }
  if (args.certificate === undefined) return undefined;
  throw new ArgumentError('"domain" is missing; say which name "certificate" is for.');
}

/** A config in JavaScript may lack a part. */
function checkVpc(vpc: Partial<AlbArgs["vpc"]> | undefined): void {
  if (vpc?.id !== undefined && vpc.publicSubnets && vpc.privateSubnets) return;
  throw new ArgumentError(
    '"vpc" must be an sst.aws.Vpc, or { id: "vpc-…", publicSubnets: […], privateSubnets: […] }.',
  );
}

function createLoadBalancer(
  name: string,
  args: AlbArgs,
  context: {
    securityGroup: aws.ec2.SecurityGroup;
    edge: AlbEdge | undefined;
    internal: boolean;
    parent: $util.Resource;
  },
): aws.lb.LoadBalancer {
  const { securityGroup, edge, internal, parent } = context;
  const idle = args.idleTimeout ?? (edge ? IDLE_BEHIND_EDGE : "60 seconds");
  const idleTimeout = toSecondsWithin(idle, "idleTimeout", [1, 4000]);
  const accessLogs = createAccessLogs({ name, args, parent });
  const gateway = internal ? undefined : args.vpc.nodes?.internetGateway;
  const balancer = new aws.lb.LoadBalancer(
    ...transform(
      args.transform?.loadBalancer,
      uniqueName(name, "aws:lb/loadBalancer:LoadBalancer"),
      {
        loadBalancerType: "application",
        internal,
        subnets: internal ? args.vpc.privateSubnets : args.vpc.publicSubnets,
        securityGroups: [securityGroup.id],
        idleTimeout,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "defensive",
        enableDeletionProtection: args.deletionProtection ?? false,
        ...(accessLogs && { accessLogs: { bucket: accessLogs.name, enabled: true } }),
      },
      // AWS refuses an unreachable one, and writes a test record when logs are turned on, so the
      // gateway and the bucket's policy come first.
      { parent, dependsOn: [gateway, accessLogs].filter((each) => each !== undefined) },
    ),
  );
  if (args.deletionProtection)
    new AlbProtection(
      `${name}Protection`,
      { arn: balancer.arn, region: regionName(parent) },
      { parent },
    );
  return balancer;
}

interface ListenerContext {
  name: string;
  args: AlbArgs;
  loadBalancer: aws.lb.LoadBalancer;
  parent: $util.Resource;
}

function createListener(
  { name, args, loadBalancer, parent }: ListenerContext,
  protocol: "HTTP" | "HTTPS",
  rest: Pick<aws.lb.ListenerArgs, "defaultActions" | "certificateArn" | "sslPolicy">,
): aws.lb.Listener {
  return new aws.lb.Listener(
    ...transform(
      args.transform?.listener,
      `${name}${protocol === "HTTP" ? "Http" : "Https"}`,
      {
        loadBalancerArn: loadBalancer.arn,
        port: protocol === "HTTP" ? 80 : 443,
        protocol,
        ...rest,
      },
      { parent },
    ),
  );
}

const notFound = () => [
  {
    type: "fixed-response",
    fixedResponse: { contentType: "text/plain", messageBody: "Not found", statusCode: "404" },
  },
];

function createHttp(context: ListenerContext): aws.lb.Listener {
  return createListener(context, "HTTP", { defaultActions: notFound() });
}

function createHttps(
  context: ListenerContext,
  certificateArn: $util.Input<string>,
): aws.lb.Listener {
  return createListener(context, "HTTPS", {
    certificateArn,
    sslPolicy: context.args.tlsPolicy ?? "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    defaultActions: notFound(),
  });
}

function createRedirect(context: ListenerContext): aws.lb.Listener {
  return createListener(context, "HTTP", {
    defaultActions: [
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
    ],
  });
}
