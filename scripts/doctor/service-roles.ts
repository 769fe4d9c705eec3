/** Roles that AWS makes for an account when a service is used for the first time. */

/** By service: the role's name, and the types of resources that need it. */
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

/** Services whose role the types need. */
export function roleTypes(types: ReadonlySet<string>): string[] {
  return Object.entries(SERVICE_ROLES)
    .filter(([, each]) => each.types.some((type) => types.has(type)))
    .map(([service]) => service);
}
