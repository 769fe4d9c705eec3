/**
 * The app's region. Version 7 of the AWS provider, which SST 4 has, calls it `region`, the one of
 * SST 3 `name`.
 */
export function regionName(parent?: $util.Resource): $util.Output<string> {
  return aws
    .getRegionOutput({}, parent ? { parent } : {})
    .apply((found) => (found as { region?: string }).region ?? found.name);
}
