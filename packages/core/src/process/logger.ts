import type { LevelWithSilent } from "pino";
import { type DestinationStream, type LoggerOptions, pino } from "pino";
import sonicBoom, { type SonicBoom } from "sonic-boom";

/** Names under which a secret might be logged by mistake. */
const SECRETS = ["password", "api_key", "authorization", "access_token", "token", "secret"];

/** The module itself is the class; its types tell so by a name that Node does not find. */
const BlockStream = sonicBoom as unknown as typeof SonicBoom;

/** Lines are written when there are so many bytes of them, or after so many milliseconds. */
const BLOCKS = { minLength: 32_768, maxWrite: 65_536, periodicFlush: 100 };

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
  return pino({
    ...options,
    formatters: {},
    transport: { target: "pino-pretty", options: { singleLine: true, translateTime: "HH:MM:ss" } },
  });
}

/**
 * Standard output, written in blocks. A block is kept as bytes: as text it would be copied and
 * measured anew for each line that is added to it. Once nobody reads it any more, lines go nowhere:
 * a process must be able to end without its reader.
 */
function inBlocks(): DestinationStream {
  const stream = new BlockStream({ fd: 1, sync: false, contentMode: "buffer", ...BLOCKS });
  let open = true;
  const closeIfUnread = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    open = false;
    stream.destroy();
  };
  stream.on("error", closeIfUnread);
  const flushSync = () => {
    try {
      if (open) stream.flushSync();
    } catch (error) {
      closeIfUnread(error as NodeJS.ErrnoException);
    }
  };
  process.once("exit", flushSync);
  return {
    write(line: string) {
      // In this mode it takes bytes, which its types do not know.
      if (open) stream.write(Buffer.from(line) as unknown as string);
    },
    // pino calls it after a fatal line.
    flushSync,
  } as DestinationStream;
}
