import type { LevelWithSilent } from "pino";
import { type DestinationStream, type LoggerOptions, pino } from "pino";
import sonicBoom, { type SonicBoom } from "sonic-boom";

/** Names under which a secret might be logged by mistake. */
const SECRETS = ["password", "api_key", "authorization", "access_token", "token", "secret"];

/** The module itself is the class; its types tell so by a name that Node does not find. */
const BlockStream = sonicBoom as unknown as typeof SonicBoom;

/**
 * Lines are written when there are so many bytes of them, or after so many milliseconds. What cannot be
 * written is tried again as often, and no more than `maxLength` bytes wait for that.
 */
const BLOCKS = { minLength: 32_768, maxWrite: 65_536, maxLength: 1_048_576, periodicFlush: 100 };

/** How long a process that ends waits for a reader who is slow, in milliseconds. */
const LAST_WORDS = 1000;

/** ISO 8601 in UTC. Lines of the same millisecond share it, for making it costs more than the rest. */
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
 * The logger: a JSON object a line on standard output, readable lines on a terminal. Should a secret
 * ever be among what is logged, it is blacked out.
 *
 * JSON is written in blocks, as a system call for each line costs as much as the rest of logging. A
 * fatal line is written at once, and so is what is left when the process ends; only a process that
 * is killed loses its last 100 ms.
 *
 * Nothing that happens to standard output ends the process: no full disk, no broken terminal, no reader
 * who is gone. Lines wait in memory as long as there is room, further ones are dropped, and a line says
 * how many as soon as there can be one.
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
    // Process id and host name are the journal's to say.
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
  // A terminal that is gone; whoever closed it does not read.
  readable.on("error", () => {});
  return pino({ ...options, formatters: {} }, readable);
}

/**
 * Standard output, written in blocks. A block is kept as bytes: as text it would be copied and
 * measured anew for each line that is added to it. Once nobody reads it any more, lines go nowhere.
 */
function inBlocks(): DestinationStream {
  let endsAt = Number.POSITIVE_INFINITY;
  // A full pipe: its reader may go on in a moment.
  const retryEAGAIN = () => performance.now() < endsAt;
  const stream = new BlockStream({
    ...{ fd: 1, sync: false, contentMode: "buffer", retryEAGAIN },
    ...BLOCKS,
  });
  let open = true;
  let dropped = 0;
  let reason: string | undefined;
  // In this mode it takes bytes, which its types do not know.
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
    // There is no room for this one, either: it is said with the next.
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
