/** Roles that AWS creates for an account at a service's first use. */

/** By service: the role's name, and the resource types that need it. */
export const SERVICE_ROLES: Record<string, { role: string; types: string[] }> = {
  "autoscaling.amazonaws.com": {
    role: "AWSServiceRoleForAutoScaling",
    types: ["aws:autoscaling/group:Group"],
  },
  "elasticloadbalancing.amazonaws.com": {
    role: "AWSServiceRoleForElasticLoadBalancing",
    types: ["aws:lb/loadBalancer:LoadBalancer"],
  },
  "rds.amazonaws.com": { role: "AWSServiceRoleForRDS", types: ["aws:rds/instance:Instance"] },
};

/** Services whose role these types need. */
export function roleTypes(types: ReadonlySet<string>): string[] {
  return Object.entries(SERVICE_ROLES)
    .filter(([, each]) => each.types.some((type) => types.has(type)))
    .map(([service]) => service);
}
