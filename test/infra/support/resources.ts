/** Questions that tests ask about the resources of a program. */
import { SECRET_MARK } from "../../../tools/stage/graph/program.ts";
import type { Recorded } from "../../../tools/stage/graph/resource.ts";

/** A statement of an IAM policy, with lists everywhere. */
export interface Statement {
  /** The resource that carries the policy. */
  of: string;
  effect: string;
  actions: string[];
  resources: string[];
  /** Operator to key to values; empty without one. */
  condition: Record<string, Record<string, string | string[]>>;
}

/** A statement as IAM writes it. */
interface RawStatement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Statement["condition"];
}

export class Resources {
  readonly all: readonly Recorded[];

  constructor(all: readonly Recorded[]) {
    this.all = all;
  }

  /** All of a type, such as `aws:lb/listener:Listener`. */
  of(type: string): Recorded[] {
    return this.all.filter((each) => each.type === type);
  }

  /** The only one of a type, or of those of a type whose name ends so. */
  one(type: string, nameEnd = ""): Recorded {
    const found = this.of(type).filter((each) => each.name.endsWith(nameEnd));
    const [first] = found;
    if (!first || found.length > 1) {
      throw new Error(
        `expected one ${type} "…${nameEnd}", found: ${found.map((each) => each.name).join(", ") || "none"}`,
      );
    }
    return first;
  }

  /** Every statement of every role's own policies. */
  statements(): Statement[] {
    return this.of("aws:iam/rolePolicy:RolePolicy").flatMap(({ name, inputs }) =>
      (JSON.parse(inputs.policy).Statement as RawStatement[]).map((each) => ({
        of: name,
        effect: each.Effect,
        actions: [each.Action].flat(),
        resources: [each.Resource].flat(),
        condition: each.Condition ?? {},
      })),
    );
  }

  /** What the instances of the API get as user data. */
  userData(): string {
    const { inputs } = this.one("aws:ec2/launchTemplate:LaunchTemplate");
    return Buffer.from(inputs.userData, "base64").toString();
  }
}

/** Value of an input that is secret; throws when it is not. */
export function secretOf(value: unknown): string {
  const wrapped = value as Record<string, string> | undefined;
  if (!wrapped?.[SECRET_MARK]) throw new Error("this value is not secret");
  return wrapped.value as string;
}
