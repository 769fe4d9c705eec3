import { createHash, createHmac } from "node:crypto";
import type { Checksum, SourceData } from "@smithy/types";

/** What the SDK's signer hashes with. */
export class Sha256 implements Checksum {
  readonly #hash;

  constructor(secret?: SourceData) {
    this.#hash = secret ? createHmac("sha256", secret as Uint8Array) : createHash("sha256");
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}
