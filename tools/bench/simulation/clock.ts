import TinyQueue from "tinyqueue";

interface Event {
  time: number;
  /** Order among events of the same time. */
  number: number;
  action: () => void;
}

/** The time of a simulation, in seconds, and what will happen in it. */
export class Clock {
  #now = 0;
  #number = 0;
  readonly #events = new TinyQueue<Event>([], (a, b) => a.time - b.time || a.number - b.number);

  get now(): number {
    return this.#now;
  }

  /** Does something at a time, which must not be in the past. */
  at(time: number, action: () => void): void {
    this.#events.push({ time: Math.max(time, this.#now), number: this.#number++, action });
  }

  /** Does something so many seconds from now. */
  after(seconds: number, action: () => void): void {
    this.at(this.#now + seconds, action);
  }

  /** Does something again and again, until it answers `false`. */
  every(seconds: number, action: () => boolean | undefined, first = seconds): void {
    this.after(first, () => {
      if (action() !== false) this.every(seconds, action);
    });
  }

  /** Lets all happen that is due until then. */
  run(until: number): void {
    for (let next = this.#events.peek(); next && next.time <= until; next = this.#events.peek()) {
      this.#events.pop();
      this.#now = next.time;
      next.action();
    }
    this.#now = Math.max(this.#now, until);
  }
}
