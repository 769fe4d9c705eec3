import cluster from "node:cluster";
import { syncBuiltinESMExports } from "node:module";

/**
 * Refuses workers of `node:cluster`: the instance already runs a process per vCPU on one socket, and
 * only systemd's processes are drained, watched and limited.
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
