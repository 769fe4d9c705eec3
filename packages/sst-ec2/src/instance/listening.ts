/** Gives systemd's socket to the server that wants the service's port. */
import { type ListenOptions, Server } from "node:net";

/** First file descriptor that systemd passes. */
const SYSTEMD_FD = 3;

type Listen = (...args: unknown[]) => Server;

/** Arguments of a `listen` call. */
interface Wanted {
  port: number | undefined;
  host: string | undefined;
  signal: AbortSignal | undefined;
}

/**
 * From now on `listen(port)`, on any address, uses the passed socket, which all processes of the
 * service share; any other `listen` works as usual. A server that uses the socket's file descriptor
 * itself is left alone.
 *
 * @param onServer gets the server that listens there
 */
export function mapPort(port: number, onServer: (server: Server) => void): void {
  const listen = Server.prototype.listen as Listen;
  const taken: { server: Server; host: string | undefined }[] = [];
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const { port: asked, host, signal } = wanted(args);
    const callback = args.findLast((each) => typeof each === "function");
    const again = (options: ListenOptions & { fd?: number }) =>
      listen.call(this, { ...options, ...(signal && { signal }) }, callback);
    if (asked !== port) return listen.apply(this, args);
    const [first] = taken;
    taken.push({ server: this, host });
    if (!first) {
      onServer(this);
      return again({ fd: SYSTEMD_FD });
    }
    if (!first.server.listening)
      throw new Error(`port ${port} was closed by this program, and can be opened only once`);
    // As usual: the address is in use.
    if (taken.filter((each) => each.host === host).length > 1) return listen.apply(this, args);
    // A second address of the same server, as for "localhost": all connections arrive at the first.
    this.address = () => first.server.address();
    return again({ path: `\0sst-ec2-${process.pid}-${taken.length}` });
  } as Server["listen"];
}

/** Parses the arguments as Node does: options, or a port and possibly an address. */
function wanted([first, second]: unknown[]): Wanted {
  const options = (
    typeof first === "object" && first !== null ? first : { port: first, host: second }
  ) as ListenOptions & { fd?: number };
  const { port, host, signal, path, fd } = options;
  const number = path === undefined && fd === undefined ? toPort(port) : undefined;
  return { port: number, host: typeof host === "string" ? host : undefined, signal };
}

/** A string of digits is a port; other strings are paths of Unix sockets. */
function toPort(port: unknown): number | undefined {
  const isPort = typeof port === "number" || (typeof port === "string" && /^\d+$/.test(port));
  return isPort ? Number(port) : undefined;
}
