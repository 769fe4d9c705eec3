/// <reference path="../.sst/platform/config.d.ts" />

/**
 * The key that signs the API's tokens: made at the first deploy, kept in the encrypted state, and
 * linked as `Resource.TokenSecret.value`. Nobody sets it, and nobody needs to know it.
 *
 * It changes when the SST secret `TokenSecretVersion` does; every token issued before is void then.
 *
 * @example
 * ```sh
 * npx sst secret set TokenSecretVersion "$(date +%F)" --stage prod && npx sst deploy --stage prod
 * ```
 */
export function tokenSecret() {
  const version = new sst.Secret("TokenSecretVersion", "1");
  const password = new random.RandomPassword("TokenSecretValue", {
    length: 64,
    special: false,
    keepers: { version: version.value },
  });
  return new sst.Linkable("TokenSecret", { properties: { value: password.result } });
}
