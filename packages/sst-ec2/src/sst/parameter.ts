/**
 * An SSM parameter that survives a lost answer. AWS may create it although the answer never arrives,
 * because of the network or a killed deploy. The engine then knows nothing of it: the next deploy
 * would fail because the name is taken, and a removal would leave the secret behind.
 *
 * Pulumi runs the provider's functions in another process; see `rollout/rollout.ts`.
 */
import { regionName } from "./region.ts";
import { type Transform, transform } from "./transform.ts";

/** Where a parameter may be, whether or not the engine knows of it. */
export interface ParameterPlace {
  /** Name of the parameter. */
  name: string;
  region: string;
}

const MODULE = "sst-ec2/rollout";

/** Creates nothing; deletes what is left at the place when the place itself is deleted. */
export const provider: $util.dynamic.ResourceProvider<ParameterPlace, ParameterPlace> = {
  async create(place) {
    return { id: place.name, outs: place };
  },
  async update(_id, _before, place) {
    return { outs: place };
  },
  async delete(_id, { name, region }) {
    const { deleteParameter } = await import(MODULE);
    await deleteParameter(name, region);
  },
};

class Place extends $util.dynamic.Resource {
  constructor(
    name: string,
    place: { [Key in keyof ParameterPlace]: $util.Input<ParameterPlace[Key]> },
    opts: $util.CustomResourceOptions,
  ) {
    super(provider, name, place, opts);
  }
}

/**
 * Creates a parameter. Takes over one of the same name that an earlier attempt left behind; names
 * start with app and stage, so it cannot be somebody else's.
 *
 * @param logicalName Unique in the app.
 */
export function createParameter(
  logicalName: string,
  args: aws.ssm.ParameterArgs & { name: string },
  opts: $util.CustomResourceOptions,
  change?: Transform<aws.ssm.ParameterArgs>,
): aws.ssm.Parameter {
  const region = regionName(opts.parent);
  const place = new Place(`${logicalName}Place`, { name: args.name, region }, { ...opts });
  return new aws.ssm.Parameter(
    ...transform<aws.ssm.ParameterArgs>(
      change,
      logicalName,
      { ...args, overwrite: true },
      { ...opts, dependsOn: [place] },
    ),
  );
}
