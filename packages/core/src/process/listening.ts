/** systemd's first file descriptor for a service. */
const SYSTEMD_FD = 3;

/** For `listen` of Node's servers and Fastify. */
export interface Address {
  host: string;
  port?: number;
  fd?: number;
}

/** systemd's socket if one was passed to this process, otherwise the configured address. */
export function listeningAddress(host: string, port: number): Address {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  const passed = LISTEN_PID === String(process.pid) && Number(LISTEN_FDS) > 0;
  return passed ? { host, fd: SYSTEMD_FD } : { host, port };
}

/** Turns a failed start into one line instead of a stack trace. */
export function explainFailedStart(error: unknown): string {
  const { code, syscall, port, address, path, message } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (code === "EADDRINUSE") {
    return `Port ${port} of ${address} is in use: stop what listens there, or set PORT to another.`;
  }
  if (code === "EACCES") {
    return syscall === "listen"
      ? `Port ${port} needs privileges: set PORT to one above 1023.`
      : `The file ${path} cannot be read or written: give yourself the right.`;
  }
  return message ?? String(error);
}
