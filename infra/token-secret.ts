/// <reference path="../.sst/platform/config.d.ts" />
import { newKeys, rotatedKeys, type TokenKeys } from "./token-keys.ts";

/** When one of them changes, so do the keys; what they say does not matter. */
interface Versions {
  /** Changes the keys one by one. */
  version: string;
  /** Changes all of them at once. */
  reset: string;
}

/** Makes keys and changes them; removing needs nothing. Pulumi runs it in another process. */
export const provider: $util.dynamic.ResourceProvider<Versions, Versions & TokenKeys> = {
  async create(inputs) {
    return { id: "token-keys", outs: { ...inputs, ...(await newKeys()) } };
  },
  async update(_id, before, inputs) {
    if (before.reset !== inputs.reset) return { outs: { ...inputs, ...(await newKeys()) } };
    const keys = before.version !== inputs.version ? await rotatedKeys(before) : before;
    return { outs: { ...keys, ...inputs } };
  },
};

/** The keys, kept in the encrypted state. */
class TokenKeysResource extends $util.dynamic.Resource {
  declare readonly value: $util.Output<string>;
  declare readonly previous: $util.Output<string>;
  declare readonly next: $util.Output<string>;

  constructor(name: string, args: { [Key in keyof Versions]: $util.Input<string> }) {
    // What the provider adds must be named, or it could not be read.
    const outputs = { value: undefined, previous: undefined, next: undefined, rotated: undefined };
    super(
      provider,
      name,
      { ...args, ...outputs },
      {
        additionalSecretOutputs: ["value", "previous", "next"],
      },
    );
  }
}

export type TokenSecret = sst.Linkable<Record<string, unknown>>;

/**
 * The keys that sign the API's tokens: made at the first deploy, kept in the encrypted state, and
 * linked as `Resource.TokenSecret`. Nobody sets them, and nobody needs to know them.
 *
 * Another value of the SST secret `TokenSecretVersion` rotates them, and nobody is signed out: the
 * key that signs next is accepted long before, the one that signed last for as long as needed. Two
 * rotations must be {@link HOURS_BETWEEN} hours apart; sooner the deploy fails and says so. Another
 * value of `TokenSecretReset` makes all keys anew, which ends every token: for leaks.
 *
 * @example
 * ```sh
 * npx sst secret set TokenSecretVersion "$(date +%F)" --stage prod && npx sst deploy --stage prod
 * ```
 */
export function tokenSecret(): TokenSecret {
  const version = new sst.Secret("TokenSecretVersion", "1");
  const reset = new sst.Secret("TokenSecretReset", "1");
  const { value, previous, next } = new TokenKeysResource("TokenSecretKeys", {
    version: version.value,
    reset: reset.value,
  });
  return new sst.Linkable("TokenSecret", {
    properties: {
      value: $util.secret(value),
      previous: $util.secret(previous),
      next: $util.secret(next),
    },
  });
}
