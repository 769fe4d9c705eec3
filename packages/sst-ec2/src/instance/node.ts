/**
 * Node's flags for a service; the bench runs its servers with the same.
 *
 * V8 sizes its heap by the machine, and so keeps memory that it could free (`docs/performance.md`
 * has the numbers):
 * - By default new objects fill up to 48 MB before V8 collects them. With half, those of a request
 *   are dead by then; with less they are promoted, which costs more to collect.
 * - Old objects are collected when they have grown by a fifth since the last time, instead of up to
 *   fourfold, and first at 16 MB.
 *
 * None of these is a limit. The limit depends on the machine, so user data sets it: systemd's
 * `MemoryMax=`, and below it V8's own.
 */
export const NODE_FLAGS: readonly string[] = [
  "--max-semi-space-size=8",
  "--initial-old-space-size=16",
  "--heap-growing-percent=20",
];

/**
 * For memory outside V8: by default glibc keeps an arena per thread. Node hashes passwords on four
 * threads with 19 MB each, and would keep all of it; one arena keeps only what is in use.
 */
export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "1" };
