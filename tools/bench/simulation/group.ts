import type { Measured } from "../../common/measured.ts";
import type { Balancer } from "./balancer.ts";
import type { Clock } from "./clock.ts";
import { API, AWS } from "./facts.ts";
import { BUCKET, Instance, type Shape } from "./instance.ts";

interface Member {
  instance: Instance;
  zone: number;
  /** Since when it counts for metrics, once it has warmed up. */
  warm: number;
  /** Whether one that replaces it is on its way. */
  leaving: boolean;
}

export interface GroupArgs {
  clock: Clock;
  balancer: Balancer;
  measured: Measured;
  shape: Shape;
  min: number;
  max: number;
  /** Stopped instances that wait to be started. */
  warmPool?: number;
}

/** Zones that instances are spread over. */
const ZONES = 2;

/** An Auto Scaling group. */
export class Group {
  readonly #args: GroupArgs;
  readonly #members: Member[] = [];
  readonly #lost = new Set<number>();
  /** Instances that launch. */
  #launching = 0;
  #pool: number;
  #desired: number;
  /** Total seconds of running instances. */
  #paid = 0;

  constructor(args: GroupArgs) {
    this.#args = args;
    this.#desired = args.min;
    this.#pool = args.warmPool ?? 0;
    for (let i = 0; i < args.min; i++) this.#start(Number.NEGATIVE_INFINITY, i % ZONES, true);
    args.clock.every(BUCKET, () => {
      this.#paid += BUCKET * (this.#members.length + this.#launching);
      return true;
    });
  }

  get desired(): number {
    return this.#desired;
  }

  /** Total hours of running instances. */
  get hours(): number {
    return this.#paid / 3600;
  }

  /** Instances that are warm, from which metrics come. */
  get warm(): number {
    return this.#warm(this.#args.clock.now).length;
  }

  /** Whether an instance warms up, during which AWS does not scale in. */
  get warming(): boolean {
    return this.#launching > 0 || this.warm < this.#members.filter((each) => !each.leaving).length;
  }

  /** Average CPU use of warm instances in a span of time, 0 to 1. */
  cpu(from: number, to: number): number {
    const [first, last] = [Math.round(from / BUCKET), Math.round(to / BUCKET)];
    // What has lost its power reports nothing.
    const warm = this.#warm(from).filter(({ instance }) => instance.alive);
    const sum = warm.reduce((all, { instance }) => all + instance.utilisation(first, last), 0);
    return warm.length > 0 ? sum / warm.length : 0;
  }

  /** Sets the desired capacity, within the group's limits. */
  resize(wanted: number): void {
    this.#desired = Math.min(this.#args.max, Math.max(this.#args.min, Math.ceil(wanted)));
    const staying = this.#members.filter(({ leaving }) => !leaving);
    const more = this.#desired - staying.length - this.#launching;
    for (let i = 0; i < more; i++) this.#launch();
    for (const member of staying.slice(0, Math.max(0, -more))) this.#terminate(member);
  }

  /** A zone loses power: its instances stop answering, and no new one starts there. */
  lose(zone: number): void {
    this.#lost.add(zone);
    for (const member of this.#members) if (member.zone === zone) member.instance.alive = false;
  }

  #warm(at: number): Member[] {
    return this.#members.filter(({ warm, leaving }) => warm <= at && !leaving);
  }

  #launch(): void {
    const { clock, measured } = this.#args;
    const fromPool = this.#pool > 0;
    if (fromPool) {
      this.#pool--;
      // AWS refills the pool with an instance that has to boot and stop first.
      clock.after(AWS.launch + measured.boot + API.warmup, () => {
        this.#pool++;
      });
    }
    this.#launching++;
    // It is in service as soon as its machine runs, and warms up from then on.
    const running = fromPool ? AWS.warmStart : AWS.launch;
    clock.after(running, () => {
      const warm = clock.now + API.warmup;
      clock.after(fromPool ? 0 : measured.boot, () => {
        this.#launching--;
        this.#start(warm, this.#zone());
      });
    });
  }

  #start(warm: number, zone: number, healthy = false): void {
    const { balancer, clock, shape } = this.#args;
    const member: Member = { instance: new Instance(shape), zone, warm, leaving: false };
    this.#members.push(member);
    const onChange = (isHealthy: boolean) => {
      if (isHealthy || clock.now < member.warm || member.leaving) return;
      clock.after(AWS.replaceAfter, () => this.#replace(member));
    };
    balancer.add(member.instance, onChange, healthy);
  }

  /** Launches before it terminates, as the group's maintenance policy says. */
  #replace(member: Member): void {
    if (member.leaving) return;
    member.leaving = true;
    this.#launch();
    const { measured, clock } = this.#args;
    clock.after(AWS.launch + measured.boot + measured.joining, () => this.#remove(member));
  }

  #terminate(member: Member): void {
    member.leaving = true;
    this.#remove(member);
  }

  #remove(member: Member): void {
    this.#args.balancer.remove(member.instance);
    this.#members.splice(this.#members.indexOf(member), 1);
  }

  /** The zone with the fewest, of those that have power. */
  #zone(): number {
    const count = (zone: number) => this.#members.filter((each) => each.zone === zone).length;
    const zones = Array.from({ length: ZONES }, (_, i) => i).filter((i) => !this.#lost.has(i));
    return zones.reduce((best, zone) => (count(zone) < count(best) ? zone : best));
  }
}
