/**
 * How Node runs a service; the bench runs its servers in the same way.
 *
 * V8 sizes its heap by the machine, and so keeps what it could have freed (`docs/performance.md` has
 * the numbers):
 * - New objects fill up to 48 MB by default before V8 looks which are still in use; half is enough for
 *   those of a request to be dead by then. With less they are taken for old ones, which costs more to
 *   collect.
 * - Old objects are collected when they have grown by a fifth since the last time, instead of up to four
 *   times, and the first time at 16 MB.
 *
 * None is a limit. What is too much depends on the machine, so user data says it: systemd's
 * `MemoryMax=`, and below it V8's own.
 */
export const NODE_FLAGS: readonly string[] = [
  "--max-semi-space-size=8",
  "--initial-old-space-size=16",
  "--heap-growing-percent=20",
];

/**
 * Memory that is not V8's: by default glibc keeps some for each thread that ever used it. Node hashes
 * passwords on four threads, 19 MB each, and so would hold all of that for ever; with one arena it
 * holds what is in use at once.
 */
export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "1" };
