/** Where the program deploys to, for ARNs and URLs. */
export function here(parent?: $util.Resource) {
  const options = parent ? { parent } : {};
  return {
    account: aws.getCallerIdentityOutput({}, options).accountId,
    partition: aws.getPartitionOutput({}, options).partition,
    region: aws.getRegionOutput({}, options).name,
  };
}
