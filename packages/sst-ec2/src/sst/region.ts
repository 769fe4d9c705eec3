/**
 * The app's region, which version 7 of the AWS provider (SST 4) calls `region` and that of SST 3
 * `name`.
 */
export function regionName(parent?: $util.Resource): $util.Output<string> {
  return aws
    .getRegionOutput({}, parent ? { parent } : {})
    .apply((found) => (found as { region?: string }).region ?? found.name);
}
