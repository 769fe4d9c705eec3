/**
 * How Node runs a service. The bench runs its servers in the same way.
 *
 * V8 sizes its heap by the machine, and lets new objects fill up to 48 MB before it looks which are
 * still in use; those of a request are not, a moment later. A quarter of that keeps a process under
 * load half as large for a little more CPU time (`docs/performance.md`). The old generation is left
 * to V8: what is too much is for systemd's `MemoryMax=`, and a limit below it would end a process
 * that has room.
 */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=4"];
