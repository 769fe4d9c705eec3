/**
 * Brings a version of a launch template into service, and makes the deploy wait for it: a deploy ends
 * when the new version serves, or fails with the reason why it does not.
 *
 * Pulumi runs the provider's functions in another process, which is why the work is in a module of its
 * own. Its name is no literal there, or SST's bundler would bring it into the program.
 */
import type { RolloutInputs } from "./roll-out.ts";

const MODULE = "sst-ec2/rollout";

/** Rolls out whenever an input changes, and does nothing otherwise. A failure is not recorded: the next deploy tries again. */
const provider: $util.dynamic.ResourceProvider<RolloutInputs, RolloutInputs> = {
  async create(inputs) {
    const { rollOut } = await import(MODULE);
    await rollOut(inputs);
    return { id: `${inputs.group}-rollout`, outs: inputs };
  },
  async update(_id, before, inputs) {
    const { rollOut } = await import(MODULE);
    await rollOut(inputs, { changed: before.desired !== inputs.desired });
    return { outs: inputs };
  },
};

/**
 * A resource that is there when a version of a group's launch template serves.
 *
 * @example
 * ```ts
 * new Rollout("ApiRollout", { group: group.name, region, version, targetGroup: "", timeoutSeconds: 1200, … });
 * ```
 */
export class Rollout extends $util.dynamic.Resource {
  constructor(
    name: string,
    args: { [Key in keyof RolloutInputs]: $util.Input<RolloutInputs[Key]> },
    opts?: $util.CustomResourceOptions,
  ) {
    super(provider, name, args, opts);
  }
}
