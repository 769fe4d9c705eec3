import { describe, expect, it } from "vitest";
import { Ledger } from "../../boot/load/ledger.ts";

const stored = (id: string, content: string, user_id = "ann") => ({ id, user_id, content });

/** A ledger with one post. */
function ledger() {
  const made = new Ledger();
  made.created("1", "ann", "old");
  return made;
}

describe("the ledger", () => {
  it("finds nothing wrong with a table that holds what was acknowledged", () => {
    const kept = ledger();
    kept.beginWrite("1", "new").acknowledged();
    kept.created("2", "ann", "gone");
    kept.beginWrite("2", null).acknowledged();
    expect(kept.mistakes([stored("1", "new")])).toEqual([]);
    expect(kept.acknowledged).toBe(4);
  });

  it.each([
    ["a lost creation", [], 'post 1 is not there, acknowledged was "old"'],
    ["a lost change", [stored("1", "older")], 'post 1 is "older", acknowledged was "old"'],
    [
      "a post that nobody asked for",
      [stored("1", "old"), stored("2", "x")],
      "post 2 is there, and nobody asked for it",
    ],
  ])("finds %s", (_what, table, mistake) => {
    expect(ledger().mistakes(table)).toEqual([mistake]);
  });

  it("finds a removal that was acknowledged and did not happen", () => {
    const kept = ledger();
    kept.beginWrite("1", null).acknowledged();
    expect(kept.mistakes([stored("1", "old")])).toEqual([
      'post 1 is "old", acknowledged was not there',
    ]);
  });

  it("allows both outcomes of a write without an answer, and no third", () => {
    const kept = ledger();
    kept.beginWrite("1", "new").unanswered();
    expect(kept.mistakes([stored("1", "old")])).toEqual([]);
    expect(kept.mistakes([stored("1", "new")])).toEqual([]);
    expect(kept.mistakes([])).toHaveLength(1);
  });

  it("allows a post whose creation was not answered, of its author alone", () => {
    const kept = new Ledger();
    kept.creationUnanswered("ann", "perhaps");
    expect(kept.mistakes([])).toEqual([]);
    expect(kept.mistakes([stored("9", "perhaps")])).toEqual([]);
    expect(kept.mistakes([stored("9", "perhaps", "bob")])).toHaveLength(1);
  });

  it("picks only posts whose state is certain and that nobody writes", () => {
    const kept = ledger();
    expect(kept.pick()).toBe("1");
    const write = kept.beginWrite("1", "new");
    expect(kept.pick()).toBeUndefined();
    write.unanswered();
    expect(kept.pick()).toBeUndefined();
  });

  it("knows a wrong read from one that met a write", () => {
    const kept = ledger();
    const undisturbed = kept.beginRead("1");
    expect(undisturbed("old")).toBe(true);
    expect(undisturbed("older")).toBe(false);
    kept.beginWrite("1", "new").acknowledged();
    expect(undisturbed("new")).toBe(true);
  });

  it("knows when a post may be gone", () => {
    const kept = ledger();
    expect(kept.mayBeGone("1")).toBe(false);
    const removal = kept.beginWrite("1", null);
    expect(kept.mayBeGone("1")).toBe(true);
    removal.acknowledged();
    expect(kept.mayBeGone("1")).toBe(true);
  });
});
