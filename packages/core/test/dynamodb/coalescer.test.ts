import { setImmediate as turn } from "node:timers/promises";
import { DomainError } from "@steadfast/core";
import { describe, expect, test, vi } from "vitest";
import { type Call, Coalescer, settle } from "../../src/dynamodb/coalescer.ts";
import { Deadline } from "../../src/dynamodb/deadline.ts";

const LONG = () => Deadline.in(60_000);

/** A coalescer whose batches end when the test says so. */
function setUp(options: Partial<ConstructorParameters<typeof Coalescer<string, string>>[0]> = {}) {
  const batches: string[][] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const coalescer = new Coalescer<string, string>({
    size: 3,
    parallel: 1,
    send: async (batch, signal) => {
      batches.push(batch.map(({ request }) => request));
      const end = Promise.withResolvers<void>();
      ends.push(end);
      signal.addEventListener("abort", () => end.reject(new DomainError("throttled", "aborted")));
      await end.promise;
      for (const call of batch) settle(call, () => call.resolve(`answer to ${call.request}`));
    },
    ...options,
  });
  return { coalescer, batches, ends };
}

describe("calls", () => {
  test("that are alone are sent within the same turn of the event loop", async () => {
    const { coalescer, batches } = setUp();
    void coalescer.call("a", LONG());
    await turn();
    expect(batches).toEqual([["a"]]);
  });

  test("of one turn share a batch, and each gets its own answer", async () => {
    const { coalescer, batches, ends } = setUp();
    const answers = Promise.all(["a", "b"].map((request) => coalescer.call(request, LONG())));
    await turn();
    ends[0]?.resolve();
    expect(await answers).toEqual(["answer to a", "answer to b"]);
    expect(batches).toEqual([["a", "b"]]);
  });

  test("wait while as many batches as allowed are under way, first come first served", async () => {
    const { coalescer, batches, ends } = setUp({ parallel: 2 });
    for (const request of "abcdefghij") void coalescer.call(request, LONG());
    await turn();
    expect(batches.map((batch) => batch.join(""))).toEqual(["abc", "def"]);
    ends[1]?.resolve();
    await vi.waitFor(() => expect(batches.map((b) => b.join(""))).toEqual(["abc", "def", "ghi"]));
    ends[0]?.resolve();
    await vi.waitFor(() => expect(batches.at(-1)).toEqual(["j"]));
  });

  test("are refused as throttled when too many wait, and taken again later", async () => {
    const { coalescer, ends } = setUp({ queue: 2 });
    const first = coalescer.call("a", LONG());
    await turn();
    const waiting = [coalescer.call("b", LONG()), coalescer.call("c", LONG())];
    await expect(coalescer.call("d", LONG())).rejects.toMatchObject({ kind: "throttled" });
    ends[0]?.resolve();
    await first;
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    ends[1]?.resolve();
    expect(await Promise.all(waiting)).toHaveLength(2);
  });

  test("that touch the same item never share a batch", async () => {
    const items = (request: string) => request.split("+");
    const { coalescer, batches } = setUp({ items, parallel: 3, size: 4 });
    for (const request of ["a+b", "b", "c", "b+d"]) void coalescer.call(request, LONG());
    await turn();
    expect(batches).toEqual([["a+b", "c"], ["b"], ["b+d"]]);
  });

  test("fill a batch by the items that they touch; one that is too large goes alone", async () => {
    const items = (request: string) => request.split("+");
    const { coalescer, batches } = setUp({ items, parallel: 3 });
    for (const request of ["a+b", "c+d", "e+f+g+h"]) void coalescer.call(request, LONG());
    await turn();
    expect(batches).toEqual([["a+b"], ["c+d"], ["e+f+g+h"]]);
  });
});

describe("a deadline", () => {
  test("that passes fails its own call, and the others of the batch get their answers", async () => {
    const { coalescer, ends } = setUp();
    const late = coalescer.call("late", Deadline.in(5));
    const patient = coalescer.call("patient", LONG());
    await expect(late).rejects.toMatchObject({ kind: "unavailable" });
    ends[0]?.resolve();
    expect(await patient).toBe("answer to patient");
  });

  test("that passes while the call waits for its turn fails it without sending it", async () => {
    const { coalescer, batches, ends } = setUp();
    void coalescer.call("a", LONG());
    await turn();
    await expect(coalescer.call("b", Deadline.in(5))).rejects.toMatchObject({
      kind: "unavailable",
    });
    const last = coalescer.call("c", LONG());
    ends[0]?.resolve();
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    ends[1]?.resolve();
    await last;
    expect(batches).toEqual([["a"], ["c"]]);
  });

  test("of the last who waits ends the batch, and the sender says why", async () => {
    const { coalescer } = setUp();
    const calls = ["a", "b"].map((request) => coalescer.call(request, Deadline.in(5)));
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ kind: "throttled", message: "aborted" });
    }
  });
});

describe("a batch that fails", () => {
  test("for want of an answer fails all of its callers alike, and nobody else", async () => {
    const { coalescer, ends } = setUp({ parallel: 2 });
    const calls = [..."abcd"].map((request) => coalescer.call(request, LONG()));
    const outcomes = Promise.allSettled(calls);
    await turn();
    ends[0]?.reject(new DomainError("unavailable", "No answer."));
    ends[1]?.resolve();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      ...Array(3).fill("rejected"),
      "fulfilled",
    ]);
    await expect(calls[0]).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("because of one bad request fails that one alone", async () => {
    const send = async (batch: Call<string, string>[]) => {
      if (batch.some(({ request }) => request === "bad")) throw new TypeError("bad request");
      for (const call of batch) settle(call, () => call.resolve(call.request));
    };
    const { coalescer } = setUp({ send });
    const calls = ["a", "bad", "b"].map((request) => coalescer.call(request, LONG()));
    await expect(calls[1]).rejects.toThrow("bad request");
    expect(await Promise.all([calls[0], calls[2]])).toEqual(["a", "b"]);
  });

  test("because of one bad request of a hundred is sent again in halves, never two at once", async () => {
    const sizes: number[] = [];
    let underWay = 0;
    const send = async (batch: Call<string, string>[]) => {
      sizes.push(batch.length);
      expect(++underWay).toBe(1);
      await turn();
      underWay--;
      if (batch.some(({ request }) => request === "42")) throw new TypeError("bad request");
      for (const call of batch) settle(call, () => call.resolve(call.request));
    };
    const { coalescer } = setUp({ send, size: 100 });
    const calls = Array.from({ length: 100 }, (_, i) => coalescer.call(String(i), LONG()));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.flatMap(({ status }, i) => (status === "rejected" ? [i] : []))).toEqual([42]);
    expect(sizes[0]).toBe(100);
    expect(sizes.length).toBeLessThanOrEqual(15);
  });

  test("for a reason that every call would meet fails all at once, and is not tried in parts", async () => {
    const denied = Object.assign(new Error("denied"), { name: "AccessDeniedException" });
    let sent = 0;
    const send = async () => {
      sent++;
      throw denied;
    };
    const { coalescer } = setUp({ send, size: 100 });
    const calls = Array.from({ length: 100 }, (_, i) => coalescer.call(String(i), LONG()));
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: denied });
    }
    expect(sent).toBe(1);
  });

  test("leaves its place to the next", async () => {
    const { coalescer, batches, ends } = setUp();
    const failing = coalescer.call("a", LONG());
    const next = turn().then(() => coalescer.call("b", LONG()));
    await turn();
    ends[0]?.reject(new DomainError("unavailable", "No answer."));
    await expect(failing).rejects.toThrow();
    await vi.waitFor(() => expect(batches).toEqual([["a"], ["b"]]));
    ends[1]?.resolve();
    await next;
  });
});
