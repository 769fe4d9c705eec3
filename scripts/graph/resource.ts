import type { Stage } from "../../infra/stages.ts";

/** A resource that the program of `sst.config.ts` asks for. */
export interface Recorded {
  /** Pulumi's type, such as `aws:lb/loadBalancer:LoadBalancer`. */
  type: string;
  /** Pulumi's name, unique among those of a type. */
  name: string;
  /** What other resources' inputs call it by. */
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of every type of resource.
  inputs: Record<string, any>;
  /** Type and name of each resource that must be there before, by an input or by `dependsOn`. */
  dependsOn: string[];
  /** Whether what it stands for is left in place when it goes. */
  retainOnDelete: boolean;
  /** Inputs whose changes do not count. */
  ignoreChanges: string[];
  /** Whether a provider makes it; else it is a component, which only groups others. */
  custom: boolean;
}

/** Which graph is wanted. */
export interface GraphRequest {
  /** The stage's name. */
  stage: string;
  /** Options of the stage to change first, for this request alone. */
  choices?: Partial<Stage>;
  /** As in `sst dev`. @default false */
  dev?: boolean;
}
