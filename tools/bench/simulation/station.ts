/**
 * A queue before some servers, first come, first served. When a job comes, it is known at once when it
 * will be done, so a job costs no event of its own.
 */
export class Station {
  /** When each server has done all that it was given. */
  readonly #free: Float64Array;
  /** When the jobs that wait will begin, the first first. */
  #starts: number[] = [];
  #begun = 0;

  constructor(servers: number) {
    this.#free = new Float64Array(servers);
  }

  /** Gives it a job; they must come in order of time. @returns when it is done */
  take(now: number, service: number): number {
    const first = this.#first();
    const start = Math.max(now, this.#free[first] as number);
    if (start > now) this.#starts.push(start);
    const end = start + service;
    this.#free[first] = end;
    return end;
  }

  /** How long a job that came now would wait before it is served, in seconds. */
  wait(now: number): number {
    return Math.max(0, (this.#free[this.#first()] as number) - now);
  }

  /** Servers at work. */
  busy(now: number): number {
    let busy = 0;
    for (const free of this.#free) if (free > now) busy++;
    return busy;
  }

  /** Jobs that wait for a server. */
  waiting(now: number): number {
    while (this.#begun < this.#starts.length && (this.#starts[this.#begun] as number) <= now)
      this.#begun++;
    if (this.#begun > 1000) {
      this.#starts = this.#starts.slice(this.#begun);
      this.#begun = 0;
    }
    return this.#starts.length - this.#begun;
  }

  #first(): number {
    let first = 0;
    for (let i = 1; i < this.#free.length; i++)
      if ((this.#free[i] as number) < (this.#free[first] as number)) first = i;
    return first;
  }
}
