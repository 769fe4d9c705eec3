import { findPostgresServer } from "@steadfast/local";
import { describe, expect, it } from "vitest";
import { soakQuotes } from "../quotes.ts";

describe.skipIf(!findPostgresServer())("with everything going wrong at once", () => {
  it("exactly the quotes that were answered are stored, each once", {
    timeout: 90_000,
  }, async () => {
    const { mistakes, answered, stored } = await soakQuotes({
      seconds: 12,
      collectors: 2,
      trouble: 1 / 3,
      restarts: 2,
      rotations: 2,
      log: () => {},
    });
    expect(mistakes).toEqual([]);
    expect(stored).toBe(answered);
    expect(stored).toBeGreaterThan(2);
  });
});
