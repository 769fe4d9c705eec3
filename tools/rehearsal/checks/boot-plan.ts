import { present } from "./expect.ts";

/** An archive that user data fetches. */
export interface Fetched {
  key: string;
  sha256: string;
}

/** What an instance does at boot, read from its user data. */
export interface BootPlan {
  bucket: string;
  runtime: Fetched;
  app: Fetched;
  /** SSM parameters whose values, joined, are the links; a name may end with a version, `name:version`. */
  parameters: string[];
}

/** Reads the plan from the settings and units that will run. */
export function readBootPlan(userData: string): BootPlan {
  const setting = (name: string) => {
    const found = new RegExp(`^${name}='([^']*)'$`, "m").exec(userData);
    return present(found?.[1], `${name} in user data`);
  };
  const archive = (name: string) => ({
    key: setting(`${name}_KEY`),
    sha256: setting(`${name}_SHA256`),
  });
  const parameters = /LINKS_PARAMETERS=([^"\n]+)/.exec(userData)?.[1];
  return {
    bucket: setting("BUCKET"),
    runtime: archive("RUNTIME"),
    app: archive("APP"),
    parameters: present(parameters, "LINKS_PARAMETERS in user data").split(","),
  };
}

/** A parameter's name without its version, as its ARN has it. */
export function plainName(parameter: string): string {
  return parameter.replace(/:[^:]*$/, "");
}
