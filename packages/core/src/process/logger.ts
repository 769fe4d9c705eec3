import type { LevelWithSilent } from "pino";
import { type DestinationStream, type LoggerOptions, pino } from "pino";
import sonicBoom, { type SonicBoom } from "sonic-boom";

/** Keys under which a secret might be logged by mistake. */
const SECRETS = ["password", "api_key", "authorization", "access_token", "token", "secret"];

/** The module itself is the class; its types use a name that Node does not find. */
const BlockStream = sonicBoom as unknown as typeof SonicBoom;

/**
 * Lines are written after this many bytes or milliseconds. A failed write is retried at the same
 * interval, with at most `maxLength` bytes waiting.
 */
const BLOCKS = { minLength: 32_768, maxWrite: 65_536, maxLength: 1_048_576, periodicFlush: 100 };

/** Milliseconds that an ending process waits for a slow reader. */
const LAST_WORDS = 1000;

/**
 * ISO 8601 in UTC. Lines of the same millisecond share it, because formatting costs more than the
 * rest.
 */
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
 * Creates the logger: one JSON object per line on standard output, readable lines on a terminal.
 * Secrets among the logged values are redacted.
 *
 * JSON is written in blocks, since a system call per line costs as much as the rest of logging.
 * Fatal lines are written at once, and the rest when the process ends; only a killed process loses
 * its last 100 ms.
 *
 * Nothing that happens to standard output ends the process: no full disk, broken terminal or
 * vanished reader. Lines wait in memory while there is room; further ones are dropped, and a line
 * reports how many.
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
 * Standard output, written in blocks of bytes: a string would be copied and measured again for each
 * added line. Once nobody reads it, lines are discarded.
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
