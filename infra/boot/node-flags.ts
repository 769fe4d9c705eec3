/**
 * How Node runs a service. The bench runs its servers in the same way.
 *
 * V8 sizes its heap by the machine, and so keeps what it could have freed: on one with 24 GB this API
 * was at twice the memory that it needs. Each flag trades some collections for that
 * (`docs/performance.md` has the numbers):
 * - New objects fill up to 48 MB by default before V8 looks which are still in use; those of a request
 *   are not, a moment later.
 * - Old objects are collected when they have grown by half since the last time, instead of up to four
 *   times, and the first time at 32 MB.
 *
 * None is a limit: a process that needs more gets it, and what is too much is for systemd's
 * `MemoryMax=` to say.
 */
export const NODE_FLAGS: readonly string[] = [
  "--max-semi-space-size=4",
  "--initial-old-space-size=32",
  "--heap-growing-percent=50",
];
