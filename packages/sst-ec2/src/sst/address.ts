import { isIPv4 } from "node:net";
import { ArgumentError, checkWhole } from "./argument-error.ts";

/**
 * Checks a TCP port.
 *
 * @param argument The argument's name, for the message.
 * @throws When it is none.
 */
export function checkPort(port: number, argument: string): void {
  checkWhole(argument, port, [1, 65_535]);
}

/**
 * Checks an IPv4 range such as `203.0.113.0/24`.
 *
 * @param argument The argument's name, for the message.
 * @throws When it is none.
 */
export function checkRange(range: string, argument: string): void {
  const [address = "", bits = "", ...rest] = range.split("/");
  if (isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0) return;
  throw new ArgumentError(
    `"${argument}" is "${range}"; it must be an IPv4 range such as "203.0.113.0/24".`,
  );
}
