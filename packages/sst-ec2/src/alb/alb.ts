import { ArgumentError } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { AlbArgs, AlbDomain, AlbEdge, AlbTarget, AlbTargetArgs } from "./args.ts";
import { certificateProvider, createAlias, createCertificate, dnsOf } from "./domain.ts";
import { CLOUDFRONT_ZONE, checkEdge, createEdge, IDLE_BEHIND_EDGE } from "./edge.ts";
import { createAccessLogs } from "./logs.ts";
import { AlbProtection } from "./protection.ts";
import { checkClients, createSecurityGroup } from "./security-group.ts";
import { createTarget, LAST_PRIORITY } from "./target.ts";

/**
 * The `Alb` component puts an Application Load Balancer in front of services, such as those of
 * {@link Asg}. It refuses what is not asked for: its security group opens the listeners' ports and
 * nothing else, malformed headers are dropped, and a path without a target gets a 404.
 *
 * @example
 *
 * #### HTTP
 *
 * ```ts
 * const alb = new Alb("Alb", { vpc });
 * const target = alb.target("Api", { port: 3000 });
 * new Asg("Api", { vpc, target });
 * ```
 *
 * #### HTTPS on a domain
 *
 * HTTP is redirected to HTTPS then.
 *
 * ```ts
 * new Alb("Alb", { vpc, domain: "api.example.com" });
 * ```
 *
 * #### HTTPS without a domain
 *
 * By CloudFront, with its own name and certificate; the balancer is internal then.
 *
 * ```ts
 * new Alb("Alb", { vpc, edge: true });
 * ```
 *
 * ---
 *
 * ### Cost
 *
 * A balancer costs $0.0225 an hour, its two public addresses $0.005 each, and a capacity unit (25 new
 * connections a second, 3000 open ones or 1 GB an hour) $0.008 an hour.
 *
 * That is ($0.0225 + 2 × $0.005) × 730 or **$24 a month**, and $6 for each capacity unit in use all
 * the time. The certificate is free; access logs cost their storage in S3, $0.023 a GB and month.
 * With `edge` it is $0.0225 × 730 or **$16 a month**, and $1 a million requests beyond the ten million
 * that are free in each account and month.
 *
 * These are prices of _us-east-1_; see the
 * [pricing of load balancers](https://aws.amazon.com/elasticloadbalancing/pricing/).
 */
export class Alb extends $util.ComponentResource {
  readonly #name: string;
  readonly #args: AlbArgs;
  readonly #domain: AlbDomain | undefined;
  readonly #loadBalancer: aws.lb.LoadBalancer;
  readonly #securityGroup: aws.ec2.SecurityGroup;
  readonly #listener: aws.lb.Listener;
  readonly #edge: ReturnType<typeof createEdge> | undefined;
  readonly #secure: boolean;
  readonly #internal: boolean;
  /** Names of the targets by their priority. */
  readonly #targets = new Map<number, string>();

  /**
   * @param name Unique in the app.
   * @param args See {@link AlbArgs}.
   * @throws When an argument is wrong; the message says which and what is allowed.
   */
  constructor(name: string, args: AlbArgs, opts: $util.ComponentResourceOptions = {}) {
    super("steadfast:aws:Alb", name, {}, opts);
    const self = this;
    checkEdge(args);
    checkClients(args);
    const edge = args.edge === true ? {} : args.edge || undefined;
    const idle = args.idleTimeout ?? (edge ? IDLE_BEHIND_EDGE : "60 seconds");
    const idleTimeout = toSecondsWithin(idle, "idleTimeout", [1, 4000]);
    const internal = edge !== undefined || args.public === false;
    const named = resolveDomain();
    // Behind an edge it is the edge that has the certificate.
    const secure = named !== undefined && !edge;

    const securityGroup = createSecurityGroup({
      name,
      args,
      ports: secure ? [80, 443] : [80],
      parent: self,
    });
    const accessLogs = createAccessLogs({ name, args, parent: self });
    const loadBalancer = createLoadBalancer();
    const certificate = named && (args.certificate ?? createCertificate(named, edgeProvider()));
    const listener = secure ? createHttps() : createHttp();
    if (secure) createRedirect();
    const distributed = edge && createEdge(edgeContext(edge));
    if (named) createAlias(named, aliasTarget());

    this.#name = name;
    this.#args = args;
    this.#domain = named?.domain;
    this.#loadBalancer = loadBalancer;
    this.#securityGroup = securityGroup;
    this.#listener = listener;
    this.#edge = distributed;
    this.#secure = secure || edge !== undefined;
    this.#internal = internal;
    this.registerOutputs({});

    function resolveDomain() {
      const domain = typeof args.domain === "string" ? { name: args.domain } : args.domain;
      if (domain) return { name, args, domain, dns: dnsOf(domain, args), parent: self };
      if (args.certificate === undefined) return undefined;
      throw new ArgumentError('"domain" is missing; say which name "certificate" is for.');
    }

    function edgeProvider() {
      return edge && certificateProvider(name, self);
    }

    function edgeContext(edge: AlbEdge) {
      const domain = named && { name: named.domain.name, certificate: certificate ?? "" };
      return { name, args, edge, loadBalancer, domain, parent: self };
    }

    function aliasTarget() {
      if (!distributed) return { name: loadBalancer.dnsName, zone: loadBalancer.zoneId };
      return { name: distributed.distribution.domainName, zone: CLOUDFRONT_ZONE };
    }

    function createLoadBalancer() {
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
          // AWS refuses one that could not be reached, and writes a test record when the logs are
          // turned on, so gateway and the bucket's policy come first.
          { parent: self, dependsOn: [gateway, accessLogs].filter((each) => each !== undefined) },
        ),
      );
      if (args.deletionProtection) {
        const region = aws.getRegionOutput({}, { parent: self }).name;
        new AlbProtection(`${name}Protection`, { arn: balancer.arn, region }, { parent: self });
      }
      return balancer;
    }

    function createListener(
      protocol: "HTTP" | "HTTPS",
      rest: Pick<aws.lb.ListenerArgs, "defaultActions" | "certificateArn" | "sslPolicy">,
    ) {
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
          { parent: self },
        ),
      );
    }

    function notFound() {
      return [
        {
          type: "fixed-response",
          fixedResponse: { contentType: "text/plain", messageBody: "Not found", statusCode: "404" },
        },
      ];
    }

    function createHttp() {
      return createListener("HTTP", { defaultActions: notFound() });
    }

    function createHttps() {
      return createListener("HTTPS", {
        certificateArn: certificate as $util.Input<string>,
        sslPolicy: args.tlsPolicy ?? "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        defaultActions: notFound(),
      });
    }

    function createRedirect() {
      return createListener("HTTP", {
        defaultActions: [
          {
            type: "redirect",
            redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
          },
        ],
      });
    }
  }

  /** Address for clients: the domain's when there is one, else CloudFront's or the balancer's. */
  get url(): $util.Output<string> {
    return $interpolate`${this.#secure ? "https" : "http"}://${this.#domain?.name ?? this.host}`;
  }

  /** Name that a domain has to lead to: CloudFront's, or the balancer's. */
  get host(): $util.Output<string> {
    return this.#edge?.distribution.domainName ?? this.#loadBalancer.dnsName;
  }

  /** The underlying resources. */
  get nodes() {
    return {
      /** The balancer. */
      loadBalancer: this.#loadBalancer,
      /** The balancer's security group. */
      securityGroup: this.#securityGroup,
      /** The listener that forwards to targets: HTTPS where there is a certificate, else HTTP. */
      listener: this.#listener,
      /** CloudFront's way into the VPC, with `edge`. */
      vpcOrigin: this.#edge?.vpcOrigin,
      /** The distribution, with `edge`. */
      distribution: this.#edge?.distribution,
    };
  }

  /**
   * Gives a service a place behind the balancer.
   *
   * @param name Unique in the app.
   * @throws When an argument is wrong; the message says which and what is allowed.
   *
   * @example
   * ```ts
   * alb.target("Api", { port: 3000, deregistrationDelay: "30 seconds" });
   * ```
   */
  target(name: string, args: AlbTargetArgs): AlbTarget {
    const { priority = LAST_PRIORITY } = args;
    const other = this.#targets.get(priority);
    if (other) {
      throw new ArgumentError(
        `"priority" of "${name}" is ${priority}, as that of "${other}"; each target of a balancer needs one of its own.`,
      );
    }
    this.#targets.set(priority, name);
    return createTarget(name, args, {
      name: this.#name,
      vpcId: this.#args.vpc.id,
      loadBalancer: this.#loadBalancer,
      listener: this.#listener,
      securityGroup: this.#securityGroup,
      internal: this.#internal,
      parent: this,
    });
  }
}
