import type { LevelWithSilent } from "pino";
import { type DestinationStream, type LoggerOptions, pino } from "pino";
import sonicBoom, { type SonicBoom } from "sonic-boom";

/** Keys under which a secret might be logged by mistake. */
const SECRETS = ["password", "api_key", "authorization", "access_token", "token", "secret"];

/** The module itself is the class; its types use a name that Node does not find. */
const BlockStream = sonicBoom as unknown as typeof SonicBoom;

/** Lines are written after this many bytes or milliseconds. */
const BLOCKS = { minLength: 32_768, maxWrite: 65_536, maxLength: 1_048_576, periodicFlush: 100 };

/** Milliseconds that an ending process waits for a slow reader. */
const LAST_WORDS = 1000;

/** ISO 8601 in UTC. Lines of a millisecond share it, because formatting is the costliest part. */
const timestamp = (() => {
  let last = 0;
  let text = "";
  return () => {
    const now = Date.now();
    if (now !== last) {
      last = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
})();

/**
 * Creates the logger: a JSON object per line on standard output, readable lines on a terminal,
 * without secrets.
 *
 * JSON is written in blocks, since a system call per line costs as much as the rest of logging;
 * only a killed process loses its last 100 ms. Nothing that happens to standard output, such as a
 * full disk or a vanished reader, ends the process: lines wait while there is room, then are
 * dropped and counted.
 * @param destination where JSON goes instead of standard output
 */
export function createLogger(
  level: LevelWithSilent,
  terminal = process.stdout.isTTY,
  destination?: DestinationStream,
) {
  const options: LoggerOptions = {
    level,
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: "[redacted]",
    },
    // The journal already records process id and host name.
    base: null,
    timestamp,
    formatters: { level: (label) => ({ level: label }) },
  };
  if (!terminal) {
    return pino(options, destination ?? inBlocks());
  }
  const readable = pino.transport({
    target: "pino-pretty",
    options: { singleLine: true, translateTime: "HH:MM:ss" },
  });
  // The terminal is gone, and so is its reader.
  readable.on("error", () => {});
  return pino({ ...options, formatters: {} }, readable);
}

/**
 * Standard output in blocks of bytes: a string would be copied and measured for each added line.
 */
function inBlocks(): DestinationStream {
  let endsAt = Number.POSITIVE_INFINITY;
  // A full pipe: its reader may continue in a moment.
  const retryEAGAIN = () => performance.now() < endsAt;
  const stream = new BlockStream({
    ...{ fd: 1, sync: false, contentMode: "buffer", retryEAGAIN },
    ...BLOCKS,
  });
  let open = true;
  let dropped = 0;
  let reason: string | undefined;
  // In this mode it accepts bytes, which its types do not say.
  const write = (line: string) => void stream.write(Buffer.from(line) as unknown as string);
  const failed = (error: unknown) => {
    reason = (error as NodeJS.ErrnoException).code ?? String(error);
    if (reason !== "EPIPE" || !open) return;
    open = false;
    stream.destroy();
  };
  stream.on("error", failed);
  stream.on("drop", () => {
    dropped++;
  });
  stream.on("write", () => {
    if (dropped === 0 || !open) return;
    const count = dropped;
    dropped = 0;
    const line = { dropped: count, reason, msg: "lines of the log were dropped" };
    write(`{"level":"warn"${timestamp()},${JSON.stringify(line).slice(1)}\n`);
    // No room for this line either; the next one reports it.
    if (dropped > 0) dropped = count;
  });
  const flushSync = () => {
    endsAt = performance.now() + LAST_WORDS;
    try {
      if (open) stream.flushSync();
    } catch (error) {
      failed(error);
    }
    endsAt = Number.POSITIVE_INFINITY;
  };
  process.once("exit", flushSync);
  return {
    write(line: string) {
      if (open) write(line);
    },
    // pino calls it after a fatal line.
    flushSync,
  } as DestinationStream;
}
