/** Runs Checkov on the program's resources. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailed, type Processes } from "../../common/processes.ts";
import { installVenv } from "../../common/venv.ts";
import { resourceGraph } from "../../stage/graph.ts";
import type { Finding } from "./findings.ts";
import { paths } from "./paths.ts";
import { toTerraform } from "./terraform.ts";

/** The part that is read. */
interface Report {
  results: { failed_checks: { check_id: string; check_name: string; resource: string }[] };
}

/** Checkov's findings for a stage. */
export async function checkov(stage: string, processes: Processes): Promise<Finding[]> {
  const python = await installVenv(
    {
      purpose: "Checkov",
      venv: join(paths.home, "checkov-venv"),
      requirements: join(paths.requirements, "checkov.txt"),
      log: join(paths.home, "install-checkov.log"),
    },
    processes,
  );
  const folder = join(paths.home, "terraform", stage);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const document = toTerraform(await resourceGraph(stage));
  await writeFile(join(folder, "main.tf.json"), JSON.stringify(document, null, 2));
  const what = ["--directory", folder, "--framework", "terraform_json"];
  const how = [
    "--output",
    "json",
    "--output-file-path",
    folder,
    "--compact",
    "--quiet",
    "--skip-download",
  ];
  await processes
    .run(python, ["-m", "checkov.main", ...what, ...how], {
      cwd: folder,
      env: process.env,
      log: join(folder, "checkov.log"),
    })
    .catch((error) => {
      // It exits with 1 when it found something.
      if (!(error instanceof CommandFailed) || !error.message.endsWith("code 1")) throw error;
    });
  const report: Report = JSON.parse(await readFile(join(folder, "results_json.json"), "utf8"));
  return report.results.failed_checks.map(({ check_id, check_name, resource }) => ({
    check: check_id,
    title: check_name,
    resource: resource.replace(/^resource\./, ""),
  }));
}
