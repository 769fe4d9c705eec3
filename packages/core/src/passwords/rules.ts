import { DomainError } from "../errors.ts";

const SHORTEST = 8;

let common: Promise<ReadonlySet<string>> | undefined;

/** zxcvbn's list of common passwords, 3 MB, loaded at the first registration. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import("@zxcvbn-ts/language-common/src/passwords.json", {
    with: { type: "json" },
  }).then(({ default: list }) => new Set(list.filter(({ length }) => length >= SHORTEST)));
  return common;
}

/**
 * Refuses what attackers try first: common passwords, and the login.
 * @throws DomainError `invalid` for the field `password`
 */
export async function checkPassword(password: string, login: string): Promise<void> {
  const folded = password.normalize("NFC").toLowerCase();
  const [local = ""] = login.toLowerCase().split("@");
  if (folded === login.toLowerCase() || folded === local) {
    throw refused("The password must not be the login.");
  }
  if ((await commonPasswords()).has(folded)) {
    throw refused("The password is one that many people have; take another one.");
  }
}

function refused(message: string): DomainError {
  return new DomainError("invalid", message, { field: "password" });
}
