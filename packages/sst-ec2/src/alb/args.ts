/** Arguments of {@link Alb} and of its targets. */
import type { Duration } from "../sst/duration.ts";
import type { Transform } from "../sst/transform.ts";

/** SST's adapter for whoever makes a domain's records. */
export type Dns = ReturnType<
  typeof sst.aws.dns | typeof sst.cloudflare.dns | typeof sst.vercel.dns
>;

/** The domain that a balancer answers for. */
export interface AlbDomain {
  /**
   * The domain's name.
   * @example
   * ```js
   * { name: "api.example.com" }
   * ```
   */
  name: string;
  /**
   * ID of the Route 53 hosted zone that the name belongs to.
   * @default Found by the name.
   * @example
   * ```js
   * { zone: "Z2FDTNDATAQYW2" }
   * ```
   */
  zone?: $util.Input<string>;
  /**
   * Who makes the domain's records, where it is not Route 53: SST's adapter for Cloudflare or Vercel.
   * `false` where they are made by hand; `certificate` is needed then.
   * @default `sst.aws.dns()`
   * @example
   * ```js
   * { dns: sst.cloudflare.dns() }
   * ```
   */
  dns?: Dns | false;
}

/** CloudFront before a balancer. */
export interface AlbEdge {
  /**
   * Paths of files that are the same for everybody, whose answers CloudFront may keep as long as
   * their `Cache-Control` says. It keeps nothing else, and no error.
   * @default Nothing is kept.
   * @example
   * ```js
   * { cache: ["/static/*"] }
   * ```
   */
  cache?: string[];
}

export interface AlbArgs {
  /**
   * The VPC: an `sst.aws.Vpc`, or the IDs of one with at least two public (or, for an internal
   * balancer, private) subnets in different zones.
   * @example
   * ```js
   * { vpc: new sst.aws.Vpc("Vpc") }
   * ```
   */
  vpc: {
    /** ID of the VPC. */
    id: $util.Input<string>;
    /** IDs of the subnets of an internet-facing balancer. */
    publicSubnets: $util.Input<$util.Input<string>[]>;
    /** IDs of the subnets of an internal one. */
    privateSubnets: $util.Input<$util.Input<string>[]>;
    /** The internet gateway, which must be there before an internet-facing balancer or an edge is. */
    nodes?: { internetGateway?: $util.Resource };
  };
  /**
   * Whether the balancer is reachable from the internet.
   * @default `true`; with `edge` it never is.
   * @example
   * ```js
   * { public: false }
   * ```
   */
  public?: boolean;
  /**
   * Put CloudFront before the balancer, which is internal then and lets in nobody else. Clients speak
   * HTTPS with CloudFront, by its own name and certificate or by `domain`; the way from there to the
   * balancer is a private one of AWS, with HTTP on it. Each answer passes as it is.
   *
   * A service behind both sees the client as the last but one address of `X-Forwarded-For`.
   *
   * **Cost** $1 for a million requests and $0.085 a GB, of which AWS's free tier takes ten million and
   * 1 TB a month. The balancer's two public addresses, $7.30 a month, are saved.
   * @default `false`
   * @example
   * ```js
   * { edge: { cache: ["/static/*"] } }
   * ```
   */
  edge?: boolean | AlbEdge;
  /**
   * IPv4 ranges that may connect to the listeners. Not with `edge`.
   * @default `["0.0.0.0/0"]`
   * @example
   * ```js
   * { allow: ["203.0.113.0/24"] }
   * ```
   */
  allow?: string[];
  /**
   * Domain, in Route 53 unless `dns` says where. Creates a certificate validated through DNS, unless
   * `certificate` is given, and the alias records.
   * @default No domain: HTTP on the balancer's own name, or with `edge` HTTPS on CloudFront's.
   * @example
   * ```js
   * { domain: "api.example.com" }
   * ```
   */
  domain?: string | AlbDomain;
  /**
   * ARN of a certificate of AWS Certificate Manager for `domain`: of this region, or of us-east-1
   * with `edge`.
   * @default Made for `domain`.
   * @example
   * ```js
   * { certificate: "arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d" }
   * ```
   */
  certificate?: $util.Input<string>;
  /**
   * Policy of TLS versions and ciphers.
   * @default `"ELBSecurityPolicy-TLS13-1-2-Res-2021-06"`: TLS 1.3 and 1.2 with forward secrecy.
   * @example
   * ```js
   * { tlsPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" }
   * ```
   */
  tlsPolicy?: $util.Input<string>;
  /**
   * How long a connection may be silent. A service behind the balancer must keep its connections
   * longer than this, or the balancer answers 502 now and then.
   * @default `"60 seconds"`; `"55 seconds"` with `edge`, between the 50 for which CloudFront keeps a
   * silent connection and the 60 for which it waits for an answer.
   * @example
   * ```js
   * { idleTimeout: "2 minutes" }
   * ```
   */
  idleTimeout?: Duration;
  /**
   * Record every request in a private bucket and keep the records this long. With `edge` the client
   * in them is CloudFront.
   * @default No records.
   * @example
   * ```js
   * { accessLogs: "90 days" }
   * ```
   */
  accessLogs?: Duration;
  /**
   * Have AWS refuse to delete the balancer, except in a deploy that replaces or removes it.
   * @default `false`
   * @example
   * ```js
   * { deletionProtection: true }
   * ```
   */
  deletionProtection?: boolean;
  /** [Transform](https://sst.dev/docs/components#transform) the resources of this component. */
  transform?: {
    /** The balancer. */
    loadBalancer?: Transform<aws.lb.LoadBalancerArgs>;
    /** The balancer's security group. */
    securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
    /** Each rule of the security group that lets clients in. */
    ingressRule?: Transform<aws.vpc.SecurityGroupIngressRuleArgs>;
    /** Each listener. */
    listener?: Transform<aws.lb.ListenerArgs>;
    /** The certificate made for `domain`. */
    certificate?: Transform<aws.acm.CertificateArgs>;
    /** The wait until AWS has validated that certificate. */
    certificateValidation?: Transform<aws.acm.CertificateValidationArgs>;
    /** CloudFront's way into the VPC, for `edge`. */
    vpcOrigin?: Transform<aws.cloudfront.VpcOriginArgs>;
    /** The distribution, for `edge`. */
    distribution?: Transform<aws.cloudfront.DistributionArgs>;
    /** Each record in Route 53: the one that validates the certificate, and the aliases. */
    record?: Transform<aws.route53.RecordArgs>;
    /** The bucket of `accessLogs`. */
    accessLogs?: Transform<sst.aws.BucketArgs>;
  };
}

/** Requests that a service gets. */
export interface AlbRule {
  /**
   * Port and protocol that clients speak: `"443/https"` with `domain` or `edge`, else `"80/http"`.
   * @default The balancer's.
   * @example
   * ```js
   * { listen: "443/https" }
   * ```
   */
  listen?: `${number}/${"http" | "https"}`;
  /**
   * Port and protocol of the service.
   * @default `"3000/http"`, or the service's `port`.
   * @example
   * ```js
   * { forward: "8080/http" }
   * ```
   */
  forward?: `${number}/http`;
  /**
   * Port and protocol that clients are sent to instead. An `Alb` with HTTPS sends HTTP there by itself.
   * @default Nowhere.
   * @example
   * ```js
   * { listen: "80/http", redirect: "443/https" }
   * ```
   */
  redirect?: `${number}/${"http" | "https"}`;
  /**
   * Which of the balancer's requests: those that fit all of these. At most five values in all.
   * @default All.
   * @example
   * ```js
   * { conditions: { host: "api.example.com", path: ["/v1", "/v1/*"] } }
   * ```
   */
  conditions?: {
    /** Path, or any of several, with `*` and `?`. */
    path?: string | readonly string[];
    /** Name of the host, or any of several, with `*` and `?`. */
    host?: string | readonly string[];
    /** A header, and its values, with `*` and `?`. */
    header?: { name: string; values: readonly string[] };
    /** Parameters after the `?`, any of them. */
    query?: readonly { key?: string; value: string }[];
  };
  /**
   * Order among the rules of one balancer, 1 to 50000; the lowest that matches wins, and each rule
   * needs one of its own.
   * @default Rules with a host before those without, longer paths before shorter ones, and one
   * without conditions last.
   * @example
   * ```js
   * { priority: 10 }
   * ```
   */
  priority?: number;
}

/** How a balancer finds out whether an instance can serve. */
export interface AlbHealth {
  /**
   * Path that answers `successCodes` when the instance can serve.
   * @default `"/"`
   * @example
   * ```js
   * { path: "/health" }
   * ```
   */
  path?: string;
  /**
   * Time between two checks, 5 to 300 seconds.
   * @default `"5 seconds"`
   * @example
   * ```js
   * { interval: "10 seconds" }
   * ```
   */
  interval?: Duration;
  /**
   * Time that an answer may take, 2 to 120 seconds, less than `interval`.
   * @default `"2 seconds"`
   * @example
   * ```js
   * { timeout: "4 seconds" }
   * ```
   */
  timeout?: Duration;
  /**
   * Successes in a row after which an instance gets requests, 2 to 10.
   * @default `2`
   * @example
   * ```js
   * { healthyThreshold: 3 }
   * ```
   */
  healthyThreshold?: number;
  /**
   * Failures in a row after which an instance gets none and is replaced, 2 to 10.
   * @default `2`
   * @example
   * ```js
   * { unhealthyThreshold: 5 }
   * ```
   */
  unhealthyThreshold?: number;
  /**
   * Codes of answers that are good.
   * @default `"200"`
   * @example
   * ```js
   * { successCodes: "200-299" }
   * ```
   */
  successCodes?: string;
}

export interface AlbTargetArgs {
  /**
   * Port that the service listens on.
   * @example
   * ```js
   * { port: 3000 }
   * ```
   */
  port: number;
  /**
   * What the service gets of the balancer's requests.
   * @default Everything: `[{}]`.
   * @example
   * ```js
   * { rules: [{ conditions: { path: "/reports/*" } }] }
   * ```
   */
  rules?: readonly AlbRule[];
  /**
   * How the balancer finds out whether an instance can serve.
   * @default `{ path: "/", interval: "5 seconds", timeout: "2 seconds", healthyThreshold: 2, unhealthyThreshold: 2, successCodes: "200" }`
   * @example
   * ```js
   * { health: { path: "/status" } }
   * ```
   */
  health?: AlbHealth;
  /**
   * How long requests in flight may go on after an instance was taken out.
   * @default `"30 seconds"`
   * @example
   * ```js
   * { deregistrationDelay: "2 minutes" }
   * ```
   */
  deregistrationDelay?: Duration;
  /**
   * Which instance gets the next request.
   * @default `"least-outstanding-requests"`: an instance that has become slow gets fewer.
   * @example
   * ```js
   * { algorithm: "round-robin" }
   * ```
   */
  algorithm?: "round-robin" | "least-outstanding-requests";
  /**
   * Time over which a new instance's share of requests grows to its full size, 30 to 900 seconds.
   * Only for `algorithm: "round-robin"`, which AWS demands.
   * @default No slow start.
   * @example
   * ```js
   * { algorithm: "round-robin", slowStart: "30 seconds" }
   * ```
   */
  slowStart?: Duration;
  /** [Transform](https://sst.dev/docs/components#transform) the target's resources. */
  transform?: {
    /** The target group. */
    targetGroup?: Transform<aws.lb.TargetGroupArgs>;
    /** Each rule of the listener. */
    rule?: Transform<aws.lb.ListenerRuleArgs>;
  };
}

/** A service's place behind a balancer: its target group. */
export interface AlbTarget {
  /** ARN of the target group, known once the balancer sends requests to it. */
  arn: $util.Output<string>;
  /** The target group's name in CloudWatch. */
  arnSuffix: $util.Output<string>;
  /** The balancer's name in CloudWatch. */
  loadBalancerArnSuffix: $util.Output<string>;
  /** ID of the balancer's security group. */
  securityGroup: $util.Output<string>;
  /** Whether that group lets the balancer out to the service by itself. */
  isOpen: boolean;
  /** Port that the service listens on. */
  port: number;
}
