import { explainFailedStart } from "@steadfast/core/process";
import { expect, test } from "vitest";

const failed = (fields: object) => Object.assign(new Error("why"), fields);

test.each([
  [
    { code: "EADDRINUSE", syscall: "listen", port: 3000, address: "127.0.0.1" },
    "Port 3000 of 127.0.0.1 is in use: stop what listens there, or set PORT to another.",
  ],
  [
    { code: "EACCES", syscall: "listen", port: 80 },
    "Port 80 needs privileges: set PORT to one above 1023.",
  ],
  [
    { code: "EACCES", syscall: "open", path: ".data/token-secret" },
    "The file .data/token-secret cannot be read or written: give yourself the right.",
  ],
  [{}, "why"],
])("a start that fails with %j is told in one line", (fields, line) => {
  expect(explainFailedStart(failed(fields))).toBe(line);
});
