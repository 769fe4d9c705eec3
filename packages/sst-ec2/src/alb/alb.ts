import { forTransform } from "../sst/transform.ts";
import type { AlbArgs, AlbTarget, AlbTargetArgs } from "./args.ts";
import {
  type AlbNodes,
  type AlbReference,
  type AlbResources,
  createBalancer,
  findBalancer,
  isReference,
} from "./balancer.ts";
import { Priorities } from "./rules.ts";
import { createTarget } from "./target.ts";

const TYPE = "sst-ec2:aws:Alb";

/**
 * The `Alb` component puts an Application Load Balancer in front of services, such as a
 * {@link Service}. It refuses what is not asked for: its security group opens the listeners' ports and
 * nothing else, malformed headers are dropped, and a path without a target gets a 404.
 *
 * @example
 *
 * #### HTTP
 *
 * ```ts
 * const alb = new Alb("Alb", { vpc });
 * new Service("Api", { vpc, entry: "src/server.ts", loadBalancer: { instance: alb, rules: [{}] } });
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
  readonly #balancer: AlbResources;
  readonly #priorities: Priorities;

  /**
   * @param name Unique in the app.
   * @param args See {@link AlbArgs}.
   * @throws When an argument is wrong; the message says which and what is allowed.
   */
  constructor(name: string, args: AlbArgs, opts: $util.ComponentResourceOptions = {}) {
    const own = { ...args };
    super(TYPE, name, forTransform(own), opts);
    this.#name = name;
    // Others have rules on a balancer that is not this app's own.
    this.#priorities = new Priorities(isReference(own) ? `${$app.name}-${$app.stage}-` : "");
    this.#balancer = isReference(own)
      ? findBalancer(name, own.arn, this)
      : createBalancer(name, own, this);
    this.registerOutputs({ _hint: this.url });
  }

  /**
   * A balancer that is there already, made by another app or another stage.
   *
   * @param name Unique in the app.
   * @param loadBalancerArn Its ARN.
   *
   * @example
   * ```ts
   * const alb = $app.stage === "prod" ? new Alb("Alb", { vpc }) : Alb.get("Alb", "arn:aws:…");
   * ```
   */
  static get(
    name: string,
    loadBalancerArn: $util.Input<string>,
    opts?: $util.ComponentResourceOptions,
  ): Alb {
    return new Alb(name, { arn: loadBalancerArn } satisfies AlbReference as never, opts);
  }

  /** Address for clients: the domain's when there is one, else CloudFront's or the balancer's. */
  get url(): $util.Output<string> {
    const { secure, domain } = this.#balancer;
    return $interpolate`${secure ? "https" : "http"}://${domain ?? this.host}`;
  }

  /** Name that a domain has to lead to: CloudFront's, or the balancer's. */
  get host(): $util.Output<string> {
    const { distribution, loadBalancer } = this.#balancer;
    return distribution?.domainName ?? loadBalancer.dnsName;
  }

  /** The underlying resources. */
  get nodes(): AlbNodes {
    const { loadBalancer, securityGroup, listener, vpcOrigin, distribution } = this.#balancer;
    return { loadBalancer, securityGroup, listener, vpcOrigin, distribution };
  }

  /** @internal */
  getSSTLink(): { properties: { url: $util.Output<string> } } {
    return { properties: { url: this.url } };
  }

  /**
   * Gives a service a place behind the balancer; `Service` asks for it.
   *
   * @param name Unique in the app.
   * @throws When an argument is wrong; the message says which and what is allowed.
   * @internal
   */
  target(name: string, args: AlbTargetArgs): AlbTarget {
    const { vpcId, loadBalancer, securityGroup, internal } = this.#balancer;
    return createTarget(name, args, {
      ...{ name: this.#name, vpcId, loadBalancer, internal },
      securityGroup: securityGroup.id,
      placeOf: (rule, argument) => this.#balancer.placeOf(rule, argument),
      priorities: this.#priorities,
      parent: this,
    });
  }
}

Object.assign(Alb, { __pulumiType: TYPE });
