/** CloudFront in front of a balancer that the internet cannot reach. */

import { ArgumentError } from "../sst/argument-error.ts";
import { transform } from "../sst/transform.ts";
import type { AlbArgs, AlbEdge } from "./args.ts";

/** AWS's managed policies, which have the same IDs in every account. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";

/** The zone that every distribution's name is in, for alias records. */
export const CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2";

/** CloudFront would otherwise cache these for ten seconds and serve them to others. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** How long CloudFront waits for an answer: the most without a quota increase. */
const READ_SECONDS = 60;

/**
 * How long the balancer waits behind an edge: less, so that the balancer gives up first and says so.
 */
export const IDLE_BEHIND_EDGE = "55 seconds";

/**
 * How long CloudFront keeps a connection to the balancer: less than the balancer's idle timeout, so
 * that no request meets a connection that was just closed.
 */
const KEEPALIVE_SECONDS = 50;

interface EdgeContext {
  name: string;
  args: AlbArgs;
  edge: AlbEdge;
  loadBalancer: aws.lb.LoadBalancer;
  /** The domain, with its certificate in us-east-1; CloudFront's own name and certificate without it. */
  domain?: { name: string; certificate: $util.Input<string> } | undefined;
  parent: $util.Resource;
}

/**
 * Checks combinations of arguments with an edge.
 *
 * @throws When one contradicts it.
 */
export function checkEdge({ edge, public: isPublic, allow }: AlbArgs): void {
  if (!edge) return;
  if (isPublic) throw new ArgumentError('"public" must not be true with "edge".');
  if (allow)
    throw new ArgumentError('"allow" must not be set with "edge": CloudFront alone connects.');
  const paths = typeof edge === "object" ? (edge.cache ?? []) : [];
  const wrong = paths.find((path) => !/^[/*]/.test(path));
  if (wrong === undefined) return;
  throw new ArgumentError(`"edge.cache" has "${wrong}"; it must be paths such as "/static/*".`);
}

/** CloudFront's VPC origin and distribution. */
export function createEdge(context: EdgeContext): {
  vpcOrigin: aws.cloudfront.VpcOrigin;
  distribution: aws.cloudfront.Distribution;
} {
  const vpcOrigin = createVpcOrigin(context);
  return { vpcOrigin, distribution: createDistribution(context, vpcOrigin) };
}

function createVpcOrigin({ name, args, loadBalancer, parent }: EdgeContext) {
  // AWS requires one in the VPC, although no traffic uses it.
  const gateway = args.vpc.nodes?.internetGateway;
  const [logicalName, originArgs, opts] = transform<aws.cloudfront.VpcOriginArgs>(
    args.transform?.vpcOrigin,
    `${name}VpcOrigin`,
    {
      vpcOriginEndpointConfig: {
        // Unique, as the balancer's is.
        name: loadBalancer.name,
        arn: loadBalancer.arn,
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "http-only",
        originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
      },
      // AWS documents up to 15 minutes, after which the provider would give up.
      timeouts: { create: "30m", update: "30m", delete: "30m" },
    },
    // AWS refuses to change one that a distribution uses.
    {
      parent,
      replaceOnChanges: ["vpcOriginEndpointConfig"],
      ...(gateway && { dependsOn: [gateway] }),
    },
  );
  return new aws.cloudfront.VpcOrigin(logicalName, originArgs, opts);
}

function createDistribution(context: EdgeContext, vpcOrigin: aws.cloudfront.VpcOrigin) {
  const { name, args, edge, loadBalancer, domain, parent } = context;
  return new aws.cloudfront.Distribution(
    ...transform<aws.cloudfront.DistributionArgs>(
      args.transform?.distribution,
      `${name}Distribution`,
      {
        comment: `${$app.name}-${$app.stage}-${name}`.slice(0, 128),
        enabled: true,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        priceClass: "PriceClass_100",
        ...(domain && { aliases: [domain.name] }),
        viewerCertificate: certificateOf(domain),
        origins: [
          {
            originId: name,
            domainName: loadBalancer.dnsName,
            vpcOriginConfig: {
              vpcOriginId: vpcOrigin.id,
              originReadTimeout: READ_SECONDS,
              originKeepaliveTimeout: KEEPALIVE_SECONDS,
            },
          },
        ],
        defaultCacheBehavior: {
          ...behavior(name),
          cachePolicyId: CACHING_DISABLED,
          originRequestPolicyId: ALL_VIEWER,
        },
        // Cached answers are the same for everybody: the service sees nothing about the client.
        orderedCacheBehaviors: (edge.cache ?? []).map((pathPattern) => ({
          ...behavior(name),
          pathPattern,
          cachePolicyId: CACHING_OPTIMIZED,
          compress: true,
        })),
        // A code of 0 keeps the error's own. If omitted, the provider finds a difference at the next
        // deploy.
        customErrorResponses: ERRORS.map((errorCode) => ({
          errorCode,
          responseCode: 0,
          errorCachingMinTtl: 0,
        })),
        restrictions: { geoRestriction: { restrictionType: "none" } },
      },
      { parent },
    ),
  );
}

/** CloudFront chooses the TLS versions for its own certificate, including old ones. */
function certificateOf(domain: EdgeContext["domain"]) {
  if (!domain) return { cloudfrontDefaultCertificate: true };
  return {
    acmCertificateArn: domain.certificate,
    sslSupportMethod: "sni-only",
    minimumProtocolVersion: "TLSv1.2_2021",
  };
}

function behavior(targetOriginId: string) {
  return {
    targetOriginId,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    cachedMethods: ["GET", "HEAD"],
  };
}
