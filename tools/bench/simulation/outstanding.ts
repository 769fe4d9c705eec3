/** Seconds of a slot, and how far ahead slots reach. */
const SLOT = 0.005;
const HORIZON = 70;
const SLOTS = HORIZON / SLOT;

/** Requests that have not been answered, counted by when they will be, to a few milliseconds. */
export class Outstanding {
  readonly #slots = new Uint32Array(SLOTS);
  #slot = 0;
  #count = 0;

  /** One more, until then. */
  add(now: number, until: number): void {
    this.count(now);
    const ahead = Math.min(SLOTS - 1, Math.ceil(until / SLOT) - this.#slot);
    const index = (this.#slot + Math.max(1, ahead)) % SLOTS;
    this.#slots[index] = (this.#slots[index] as number) + 1;
    this.#count++;
  }

  /** How many there are. Time never runs back. */
  count(now: number): number {
    const slot = Math.floor(now / SLOT);
    // An empty wheel needs no turning.
    while (this.#slot < slot && this.#count > 0) {
      const index = ++this.#slot % SLOTS;
      this.#count -= this.#slots[index] as number;
      this.#slots[index] = 0;
    }
    this.#slot = slot;
    return this.#count;
  }
}
