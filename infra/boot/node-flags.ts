/**
 * How Node runs a service. The bench runs its servers in the same way.
 *
 * V8 sizes its heap by the machine, and lets new objects fill up to 48 MB before it looks which are
 * still in use; those of a request are not, a moment later. A quarter of that costs more
 * collections, and less memory that stays taken once touched (`docs/performance.md` tells what is
 * measured of it). The old generation is left to V8: what is too much is for systemd's `MemoryMax=` to
 * say, and a limit below it would end a process that has room.
 */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=4"];
