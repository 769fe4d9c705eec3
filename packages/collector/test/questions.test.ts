import type { Quote } from "@steadfast/core/quotes";
import { expect, it } from "vitest";
import { Failure, failureOf } from "../src/failure.ts";
import { Questions } from "../src/questions.ts";

const QUOTES: Quote[] = [];
const never = new AbortController().signal;
const retry = () => new Failure({ name: "ServerError", remedy: "retry" }, "500");

/** An API that gives these answers in turn, and counts requests. */
function api(...answers: (Failure | Quote[])[]) {
  const tries = { count: 0 };
  return {
    tries,
    async latest() {
      const answer = answers[Math.min(tries.count++, answers.length - 1)] as Failure | Quote[];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const soon = (milliseconds: number) => performance.now() + milliseconds;

it("asks again until there is an answer", async () => {
  const questions = new Questions(api(retry(), retry(), QUOTES));
  expect(await questions.ask(soon(20_000), never)).toEqual({
    quotes: QUOTES,
    attempts: 3,
    failure: undefined,
  });
});

it("asks at least once, and no more when time is up", async () => {
  const market = api(retry());
  const outcome = await new Questions(market).ask(performance.now(), never);
  expect(outcome).toMatchObject({ attempts: 1, failure: { name: "ServerError" } });
  expect(market.tries.count).toBe(1);
});

it("asks no more when it is told to stop", async () => {
  const stopping = new AbortController();
  stopping.abort();
  expect(await new Questions(api(retry())).ask(soon(60_000), stopping.signal)).toMatchObject({
    attempts: 1,
  });
});

it("does not ask while a limit lasts, and says which it is", async () => {
  const market = api(failureOf(429, 1009, "daily", "3600"), QUOTES);
  const questions = new Questions(market);
  await questions.ask(soon(1000), never);
  const outcome = await questions.ask(soon(1000), never);
  expect(outcome).toMatchObject({ attempts: 0, failure: { name: "DailyLimit" } });
  expect(market.tries.count).toBe(1);
  expect(questions.waitingSeconds).toBeGreaterThan(3500);
});

it("asks again when the wait is over", async () => {
  const questions = new Questions(api(failureOf(429, 1008, "minute", "0"), QUOTES));
  expect(await questions.ask(soon(1000), never)).toMatchObject({ attempts: 1 });
  expect(await questions.ask(soon(1000), never)).toMatchObject({ attempts: 1, failure: undefined });
  expect(questions.waitingSeconds).toBe(0);
});

it("stays away from a server in trouble that asks for it", async () => {
  const market = api(failureOf(503, undefined, "maintenance", "120"));
  const outcome = await new Questions(market).ask(soon(60_000), never);
  expect(outcome).toMatchObject({ attempts: 1, failure: { name: "ServerError", wait: 120 } });
});

it("passes on what is a bug", async () => {
  const bug = { latest: () => Promise.reject(new TypeError("bug")) };
  await expect(new Questions(bug).ask(soon(1000), never)).rejects.toThrow("bug");
});
