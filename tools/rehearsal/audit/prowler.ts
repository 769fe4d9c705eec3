/** Runs Prowler on the account that a rehearsal left. */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../../common/processes.ts";
import { installVenv } from "../../common/venv.ts";
import { environment, REGION } from "../deploy/sst.ts";
import type { Finding } from "./findings.ts";
import { paths } from "./paths.ts";

/** AWS's best practices, which Security Hub also checks. */
const COMPLIANCE = "aws_foundational_security_best_practices_aws";

/** The part of an OCSF event that is read. */
interface Event {
  status_code: string;
  metadata: { event_code: string };
  finding_info: { title: string };
  resources: { name?: string; uid: string }[];
}

/**
 * Prowler's findings in an emulated account. Takes three minutes, mostly waiting for answers that
 * the emulator does not have.
 *
 * @param endpoint Address of the emulator.
 */
export async function prowler(endpoint: string, processes: Processes): Promise<Finding[]> {
  const python = await installVenv(
    {
      purpose: "Prowler",
      venv: join(paths.home, "prowler-venv"),
      requirements: join(paths.requirements, "prowler.txt"),
      log: join(paths.home, "install-prowler.log"),
    },
    processes,
  );
  const folder = join(paths.home, "prowler");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const what = ["aws", "--compliance", COMPLIANCE, "--region", REGION];
  const how = ["--output-formats", "json-ocsf", "--output-directory", folder];
  await processes.run(
    python,
    // Without the last flag it exits with 3 when it found something.
    [
      "-m",
      "prowler",
      ...what,
      ...how,
      "--output-filename",
      "found",
      "--no-banner",
      "--ignore-exit-code-3",
    ],
    {
      cwd: folder,
      env: { ...environment(endpoint, {}), AWS_DEFAULT_REGION: REGION },
      log: join(folder, "prowler.log"),
    },
  );
  const events: Event[] = JSON.parse(await readFile(join(folder, "found.ocsf.json"), "utf8"));
  return events
    .filter(({ status_code }) => status_code === "FAIL")
    .map(({ metadata, finding_info, resources: [resource] }) => ({
      check: metadata.event_code,
      title: finding_info.title,
      resource: resource?.name || resource?.uid || "the account",
    }));
}
