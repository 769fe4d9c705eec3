import type { LevelWithSilent } from "pino";
import { type DestinationStream, type LoggerOptions, pino } from "pino";

/** Names under which a secret might be logged by mistake. */
const SECRETS = ["password", "api_key", "authorization", "access_token", "token", "secret"];

/** Lines are written when there are so many bytes of them, or after so many milliseconds. */
const BUFFER = { minLength: 32_768, maxWrite: 65_536, periodicFlush: 100 };

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
 * measured anew for each line that is added to it.
 */
function inBlocks(): DestinationStream {
  const stream = pino.destination({ ...BUFFER, sync: false, contentMode: "buffer" });
  const { write } = stream;
  // In this mode it takes bytes, which its types do not know.
  stream.write = (line) => write.call(stream, Buffer.from(line) as unknown as string);
  return stream;
}
