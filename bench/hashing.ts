import { Passwords } from "@steadfast/core";

/** What hashing a password costs: CPU time in milliseconds, all threads; the median of some. */
export async function measureHashing(times = 15): Promise<number> {
  const passwords = new Passwords();
  const costs: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    await passwords.hash("correct horse battery");
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return costs.sort((a, b) => a - b)[times >> 1] as number;
}
