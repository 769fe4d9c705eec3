import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chance that is the same in every run: equal seeds give equal numbers. */
export class Random {
  readonly #generator;

  constructor(seed: number) {
    // Seeds that are close to each other begin alike; spread over all bits, they do not.
    this.#generator = xoroshiro128plus(Math.imul(seed, 0x9e3779b9));
    for (let i = 0; i < 16; i++) this.uniform();
  }

  /** From 0 to below 1. */
  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** Exponentially distributed, as the time between two requests of many clients is. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }
}
