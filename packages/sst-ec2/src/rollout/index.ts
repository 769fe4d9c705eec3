/**
 * What the components' own resources do at AWS. Pulumi's engine runs it in a process of its own, where
 * SST's globals are not; scripts may use it, too.
 */
export { allowDeletion } from "./allow-deletion.ts";
export { deleteParameter } from "./delete-parameter.ts";
export { cpusOf, isStandard, QUOTAS, readQuota, usedCpus } from "./quota.ts";
export { type RolloutInputs, rollOut } from "./roll-out.ts";
