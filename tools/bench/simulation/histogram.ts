/** Latencies in seconds, counted in steps of 5 %, from 0.1 ms to about two minutes. */
export class Histogram {
  static readonly #LEAST = 1e-4;
  static readonly #STEP = Math.log(1.05);
  readonly #counts = new Uint32Array(288);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(seconds: number): void {
    const index = Math.log(seconds / Histogram.#LEAST) / Histogram.#STEP;
    const bucket = Math.min(this.#counts.length - 1, Math.max(0, Math.ceil(index)));
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#total++;
  }

  /** The value that a share of all does not exceed; 0 where there are none. */
  quantile(share: number): number {
    let left = share * this.#total;
    for (let i = 0; i < this.#counts.length; i++) {
      left -= this.#counts[i] as number;
      if (left <= 0 && this.#total > 0) return Histogram.#LEAST * Math.exp(i * Histogram.#STEP);
    }
    return 0;
  }
}
