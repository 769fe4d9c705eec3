/**
 * A process that sends requests at a steady rate, whatever the answers do, until it is told to stop.
 * `load.ts` starts it and talks to it: a process of its own, so that nothing else delays its clock.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Clients } from "./clients.ts";
import type { FromGenerator, LoadOptions, Sample, ToGenerator } from "./load.ts";

const samples: Sample[] = [];
const underWay = new Set<Promise<void>>();
let clients: Clients | undefined;
let stopping = false;

process.on("message", (message: ToGenerator) => {
  if (message.type === "stop") stopping = true;
  else run(message.options).catch(fail);
});
// Whoever started it is gone.
process.once("disconnect", () => process.exit(1));

async function run({ urls, rate, timeout }: LoadOptions): Promise<void> {
  clients = new Clients(urls, timeout);
  await clients.prepare();
  send({ type: "running" });
  await sendSteadily(rate, clients);
  await Promise.all(underWay);
  send({
    type: "result",
    samples,
    authors: clients.authors,
    acknowledged: clients.ledger.acknowledged,
    mistakes: clients.mistakes,
  });
  process.once("message", ({ posts }: { posts: never[] }) => {
    send({ type: "compared", mistakes: clients?.ledger.mistakes(posts) ?? ["no ledger"] });
    clients?.close();
    process.disconnect();
  });
}

/** Each request has a due time; a late one is timed from then. */
async function sendSteadily(rate: number, acting: Clients): Promise<void> {
  const began = Date.now();
  for (let count = 0; !stopping; count++) {
    const due = began + (count * 1000) / rate;
    const wait = due - Date.now();
    if (wait > 1) await sleep(wait);
    const request = one(due, acting).finally(() => underWay.delete(request));
    underWay.add(request);
  }
}

async function one(at: number, acting: Clients): Promise<void> {
  const done = await acting.act();
  samples.push({ at, ms: Date.now() - at, ...done });
}

function send(message: FromGenerator): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  send({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
  process.disconnect();
}
