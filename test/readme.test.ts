import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { startStack } from "@steadfast/local";
import { expect, test } from "vitest";

/** The tour's commands, each with the output that the README shows behind it. */
function tour(): { script: string; output: string } {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.split("## A two-minute tour")[1]?.split("\n## ")[0] ?? "";
  const blocks = [...section.matchAll(/```(sh|json)\n([\s\S]*?)```/g)];
  const of = (language: string) =>
    blocks.filter((block) => block[1] === language).map((block) => block[2] ?? "");
  return { script: of("sh").join("echo\n"), output: of("json").join("") };
}

/** Retries after a 503, as clients do: on a busy machine the database may be late. */
const PATIENT_CURL = `curl() {
  local answer
  while answer=$(command curl "$@" -w '\\n%{http_code}'); [ "\${answer##*$'\\n'}" = 503 ]; do :; done
  printf '%s' "\${answer%$'\\n'*}"
}
`;

/** What differs from run to run. */
function anonymous(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/"next_cursor":"[\w-]+"/g, '"next_cursor":"<cursor>"')
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n");
}

test("the README's tour gives the outputs that it shows", async () => {
  const stack = await startStack();
  try {
    const { script, output } = tour();
    const bound = script.replace("http://127.0.0.1:3000", stack.url);
    const input = PATIENT_CURL + bound;
    const actual = execFileSync("bash", ["-euo", "pipefail"], { input, encoding: "utf8" });
    expect(anonymous(actual)).toBe(anonymous(output));
  } finally {
    await stack.stop();
  }
});
