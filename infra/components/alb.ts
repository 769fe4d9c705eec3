/// <reference path="../../.sst/platform/config.d.ts" />

import { checkRange } from "./address.ts";
import type { AlbArgs, AlbDomain, AlbTarget, AlbTargetArgs } from "./alb-args.ts";
import { createTarget, LAST_PRIORITY } from "./alb-target.ts";
import { ArgumentError } from "./argument-error.ts";
import { toSecondsWithin } from "./duration.ts";
import { hostedZone } from "./hosted-zone.ts";
import { uniqueName } from "./naming.ts";
import { transform } from "./transform.ts";

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
 * ---
 *
 * ### Cost
 *
 * A balancer costs $0.0225 an hour, its two public addresses $0.005 each, and a capacity unit (25 new
 * connections a second, 3000 open ones or 1 GB an hour) $0.008 an hour.
 *
 * That is ($0.0225 + 2 × $0.005) × 730 or **$24 a month**, and $6 for each capacity unit in use all
 * the time. The certificate is free; access logs cost their storage in S3, $0.023 a GB and month.
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
  readonly #secure: boolean;
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
    for (const [index, range] of (args.allow ?? []).entries()) checkRange(range, `allow[${index}]`);
    const idleTimeout = toSecondsWithin(args.idleTimeout ?? "60 seconds", "idleTimeout", [1, 4000]);
    const domain = typeof args.domain === "string" ? { name: args.domain } : args.domain;
    const zone = domain && (domain.zone ?? $util.output(hostedZone(domain.name)));
    const secure = domain !== undefined || args.certificate !== undefined;

    const securityGroup = createSecurityGroup();
    const accessLogs = createAccessLogs();
    const loadBalancer = createLoadBalancer();
    const certificate = createCertificate();
    const listener = secure ? createHttps() : createHttp();
    if (secure) createRedirect();
    createAlias();

    this.#name = name;
    this.#args = args;
    this.#domain = domain;
    this.#loadBalancer = loadBalancer;
    this.#securityGroup = securityGroup;
    this.#listener = listener;
    this.#secure = secure;
    this.registerOutputs({});

    function createSecurityGroup() {
      const group = new aws.ec2.SecurityGroup(
        ...transform(
          args.transform?.securityGroup,
          uniqueName(`${name}SecurityGroup`, "aws:ec2/securityGroup:SecurityGroup"),
          {
            description: `Balancer ${name}`,
            vpcId: args.vpc.id,
            tags: { Name: `${$app.name}-${$app.stage}-${name}` },
          },
          { parent: self },
        ),
      );
      const ports = secure ? [80, 443] : [80];
      for (const [index, cidr] of (args.allow ?? ["0.0.0.0/0"]).entries()) {
        for (const port of ports) {
          new aws.vpc.SecurityGroupIngressRule(
            ...transform(
              args.transform?.ingressRule,
              `${name}Ingress${port}From${index}`,
              {
                securityGroupId: group.id,
                ipProtocol: "tcp",
                fromPort: port,
                toPort: port,
                cidrIpv4: cidr,
                description: "Clients",
              },
              { parent: self },
            ),
          );
        }
      }
      return group;
    }

    function createAccessLogs() {
      if (!args.accessLogs) return undefined;
      const days = Math.ceil(
        toSecondsWithin(args.accessLogs, "accessLogs", [86_400, 3653 * 86_400]) / 86_400,
      );
      const account = aws.getCallerIdentityOutput({}, { parent: self }).accountId;
      const [bucketName, bucketArgs, bucketOpts] = transform<sst.aws.BucketArgs>(
        args.transform?.accessLogs,
        `${name}AccessLogs`,
        {
          cors: false,
          // Where the balancer puts them. S3 wants a rule to say what it is for.
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
        { parent: self },
      );
      return new sst.aws.Bucket(bucketName, bucketArgs, bucketOpts);
    }

    function createLoadBalancer() {
      const isPublic = args.public ?? true;
      const gateway = isPublic ? args.vpc.nodes?.internetGateway : undefined;
      return new aws.lb.LoadBalancer(
        ...transform(
          args.transform?.loadBalancer,
          uniqueName(name, "aws:lb/loadBalancer:LoadBalancer"),
          {
            loadBalancerType: "application",
            internal: !isPublic,
            subnets: isPublic ? args.vpc.publicSubnets : args.vpc.privateSubnets,
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
    }

    function createCertificate(): $util.Input<string> | undefined {
      if (args.certificate !== undefined) return args.certificate;
      if (!domain || !zone) return undefined;
      const made = new aws.acm.Certificate(
        ...transform(
          args.transform?.certificate,
          `${name}Certificate`,
          { domainName: domain.name, validationMethod: "DNS" },
          { parent: self },
        ),
      );
      const proof = made.domainValidationOptions.apply((options) => {
        const [option] = options;
        if (!option) throw new Error(`AWS named no record that would validate "${domain.name}".`);
        return option;
      });
      const record = createRecord("CertificateRecord", {
        zoneId: zone,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 60,
        // AWS names the same record for every certificate of a domain, so one may be there.
        allowOverwrite: true,
      });
      return new aws.acm.CertificateValidation(
        ...transform(
          args.transform?.certificateValidation,
          `${name}CertificateValidation`,
          { certificateArn: made.arn, validationRecordFqdns: [record.fqdn] },
          { parent: self },
        ),
      ).certificateArn;
    }

    function createRecord(suffix: string, recordArgs: aws.route53.RecordArgs) {
      return new aws.route53.Record(
        ...transform(args.transform?.record, `${name}${suffix}`, recordArgs, { parent: self }),
      );
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

    function createAlias() {
      if (!domain || !zone) return;
      createRecord("Alias", {
        zoneId: zone,
        name: domain.name,
        type: "A",
        aliases: [
          { name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: true },
        ],
      });
    }
  }

  /** Address of the balancer: the domain's when there is one. */
  get url(): $util.Output<string> {
    const host = this.#domain?.name ?? this.#loadBalancer.dnsName;
    return $interpolate`${this.#secure ? "https" : "http"}://${host}`;
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
      parent: this,
    });
  }
}
