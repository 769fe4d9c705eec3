import type { Stage } from "../../../infra/stages.ts";

/** A resource that the program creates. */
export interface Recorded {
  /** Pulumi's type, such as `aws:lb/loadBalancer:LoadBalancer`. */
  type: string;
  /** Pulumi's name, unique per type. */
  name: string;
  /** How other resources' inputs refer to it. */
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of every type of resource.
  inputs: Record<string, any>;
  /** Type and name of each dependency, from inputs or `dependsOn`. */
  dependsOn: string[];
  /** Whether it is kept in AWS when it leaves the program. */
  retainOnDelete: boolean;
  /** Inputs whose changes are ignored. */
  ignoreChanges: string[];
  /** Whether a provider creates it; otherwise it is a component that groups others. */
  custom: boolean;
}

/** A requested graph. */
export interface GraphRequest {
  /** The stage's name. */
  stage: string;
  /** Options of the stage to override for this request. */
  choices?: Partial<Stage>;
  /** As in `sst dev`. @default false */
  dev?: boolean;
}
