/**
 * `npm run rehearse:boot`: boots real systems from the launch template's user data, behind a balancer,
 * and shows that they serve, drain and are replaced without a failed request.
 *
 * Needs Linux, root and the tools in `../shared/boot` or `REHEARSAL_TOOLS`; no account and no
 * network. Ends with 0 when every check held. `docs/testing.md` says what that proves.
 */
import { complain, main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { rehearse, rehearseAlone } from "./boot/rehearsal.ts";
import { folder, Session } from "./boot/session.ts";
import { ToolFailed, whyNot } from "./boot/tools.ts";
import { onInterruption } from "./deploy/command.ts";
import { paths } from "./deploy/paths.ts";
import { explainFailure } from "./deploy/sst.ts";

const NAME = "rehearse:boot";

const USAGE = `npm run rehearse:boot -- [options]

Boots instances from the real user data, replaces them under load, and breaks them.

  --report FOLDER   also write the report there, e.g. --report docs
  --programs        instead programs that know nothing of instances, each replaced under load
  --program NAME    of these only this one; may be given several times
  --long            three minutes without DynamoDB instead of one
  --if-possible     on a machine that cannot boot others say so in one line, and end with 0
  -h, --help        this text

examples
  npm run rehearse:boot -- --report docs`;

await main(NAME, USAGE, async (args) => {
  const { report, long, ifPossible, programs } = readArguments(args);
  const impossible = whyNot();
  if (impossible) {
    if (!ifPossible) throw new Error(`not possible on this machine: ${impossible}`);
    console.error(`${NAME}: left out on this machine: ${impossible}`);
    return;
  }
  const session = new Session(onInterruption());
  const fail = (error: unknown) => explain(error, session);
  const action = programs
    ? rehearseAlone(session, programs)
    : rehearse(session, report ?? folder, long ? 180 : 60);
  await action.catch(fail);
  await session[Symbol.asyncDispose]().catch(fail);
});

function readArguments(args: string[]) {
  const {
    report,
    long,
    "if-possible": ifPossible,
    programs: all,
    program: only,
  } = parseCommandLine({
    args,
    options: {
      report: { type: "string" },
      long: { type: "boolean", default: false },
      programs: { type: "boolean", default: false },
      program: { type: "string", multiple: true },
      "if-possible": { type: "boolean", default: false },
    },
  }).values;
  if (report === "") throw new WrongArgument("--report is empty; it must be a folder");
  return { report, long, ifPossible, programs: only ?? (all ? [] : undefined) };
}

/** Prints one line about what went wrong and where to look. */
function explain(error: unknown, { interrupted }: Session): void {
  process.exitCode = interrupted.aborted ? 130 : 1;
  complain(NAME, error, (known) => `${explainFailure(known)}; the logs are in ${paths.logs}`);
  if (error instanceof ToolFailed)
    console.error(error.output.trim().split("\n").slice(-15).join("\n"));
}
