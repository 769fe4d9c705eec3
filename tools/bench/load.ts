/**
 * The load generator, in a process of its own: runs autocannon as the bench asks over the IPC
 * channel, and answers with what came of it.
 */
import { createHistogram } from "node:perf_hooks";
import autocannon, { type Client, type Options, type Request, type Result } from "autocannon";

/** What to send, and for how long. */
export interface Load {
  url: string;
  connections: number;
  seconds: number;
  /** Each connection sends a random choice of these, over and over. */
  requests: Request[];
}

/** What the clients saw. */
export interface Seen {
  /** Answers of status 2xx. */
  answered: number;
  /** Other answers, errors and time-outs. */
  failed: number;
  /** Answers a second. */
  rate: number;
  /** Latencies, in milliseconds. */
  p50: number;
  p99: number;
}

/** Requests that are built in advance, over all connections. */
const BUILT = 8000;

process.on("message", async (load: Load) => {
  process.send?.(await run(load));
});
process.on("disconnect", () => process.exit());

async function run({ url, connections, seconds, requests }: Load): Promise<Seen> {
  // autocannon's own histogram counts whole milliseconds.
  const latencies = createHistogram();
  const each = Math.min(requests.length, Math.ceil(BUILT / connections));
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const options: Options = {
    url,
    connections,
    duration: seconds,
    // For `[<id>]` in a body, where the requests have one.
    idReplacement: requests.some(({ body }) => body?.toString().includes("[<id>]")),
    setupClient: (client: Client) => client.setRequests(choose(requests, each)),
  };
  const instance = autocannon(options, (error, result) =>
    error ? reject(error) : resolve(result),
  );
  instance.on("response", (_client, _status, _bytes, milliseconds) => {
    latencies.record(Math.max(1, Math.round(milliseconds * 1000)));
  });
  const result = await promise;
  const elapsed = (performance.now() - started) / 1000;
  return {
    answered: result["2xx"],
    failed: result.non2xx + result.errors + result.timeouts,
    rate: result["2xx"] / elapsed,
    p50: latencies.percentile(50) / 1000,
    p99: latencies.percentile(99) / 1000,
  };
}

function choose(requests: Request[], count: number): Request[] {
  return Array.from(
    { length: count },
    () => ({ ...requests[Math.floor(Math.random() * requests.length)] }) as Request,
  );
}
