import cluster from "node:cluster";
import { syncBuiltinESMExports } from "node:module";

/**
 * Refuses workers of `node:cluster`: the instance runs a process a vCPU on one socket already, and only
 * systemd's own are drained, watched and held to their memory.
 */
export function refuseCluster(): void {
  cluster.fork = () => {
    throw new Error(
      "node:cluster is not needed here: the service's processes share one port already. " +
        'Start the server without it; "processes" of the service says how many there are.',
    );
  };
  syncBuiltinESMExports();
}
