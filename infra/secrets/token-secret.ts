import { newKeys, rotatedKeys, type TokenKeys } from "@steadfast/api/token-keys";

/** A new value changes the keys; the value itself is irrelevant. */
interface Versions {
  /** Rotates the keys. */
  version: string;
  /** Replaces all keys at once. */
  reset: string;
}

/** Deleting does nothing. Pulumi runs it in another process. */
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
    // Undeclared outputs cannot be read.
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
 * The keys that sign the API's tokens: made at the first deploy and kept in the encrypted state. A
 * new value of the SST secret `TokenSecretVersion` rotates them without logging anybody out, at
 * most every {@link HOURS_BETWEEN} hours. After a leak, a new value of `TokenSecretReset` replaces
 * them, which ends every token.
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
