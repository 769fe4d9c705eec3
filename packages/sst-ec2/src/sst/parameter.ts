/**
 * A parameter of SSM that survives a lost answer. AWS may make what was asked for while the answer never
 * arrives, on a network that breaks or in a deploy that is killed. The engine then knows nothing of the
 * parameter: the next deploy would fail for its name is taken, and a remove would leave it behind,
 * secret and all.
 *
 * Pulumi runs the provider's functions in another process; see `rollout/rollout.ts`.
 */
import { regionName } from "./region.ts";
import { type Transform, transform } from "./transform.ts";

/** Where a parameter may be, whether the engine knows of it or not. */
export interface ParameterPlace {
  /** Name of the parameter. */
  name: string;
  region: string;
}

const MODULE = "sst-ec2/rollout";

/** Makes nothing; removes what is left at the place when the place itself goes. */
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
 * Makes a parameter. One of its name that an attempt before left behind is taken over; names begin with
 * app and stage, so it can be nobody else's.
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
