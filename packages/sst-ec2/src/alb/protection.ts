/**
 * Unprotects a balancer when a deploy replaces it, for example when it moves behind CloudFront or
 * back: the provider does not, and AWS would refuse the last step of every deploy from then on.
 *
 * Pulumi runs the provider's functions in another process; see `rollout/rollout.ts`.
 */

/** Plain values, as the other process gets them. */
interface ProtectedInputs {
  /** ARN of the balancer. */
  arn: string;
  region: string;
}

const MODULE = "sst-ec2/rollout";

const provider: $util.dynamic.ResourceProvider<ProtectedInputs, ProtectedInputs> = {
  async create(inputs) {
    return { id: inputs.arn, outs: inputs };
  },
  // The new one is created before the old one goes, whose balancer goes after it.
  async diff(_id, before, inputs) {
    return { changes: before.arn !== inputs.arn, replaces: ["arn"], deleteBeforeReplace: false };
  },
  async delete(arn, { region }) {
    const { allowDeletion } = await import(MODULE);
    await allowDeletion(arn, region);
  },
};

/**
 * A balancer that is protected until the deploy that made it deletes it.
 *
 * @example
 * ```ts
 * new AlbProtection("AlbProtection", { arn: loadBalancer.arn, region }, { parent });
 * ```
 */
export class AlbProtection extends $util.dynamic.Resource {
  constructor(
    name: string,
    args: { [Key in keyof ProtectedInputs]: $util.Input<ProtectedInputs[Key]> },
    opts?: $util.CustomResourceOptions,
  ) {
    super(provider, name, args, opts);
  }
}
