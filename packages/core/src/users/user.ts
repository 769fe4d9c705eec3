/** A person who posts. */
export interface User {
  /** UUIDv7, given by us. */
  id: string;
  /** Any text of 1–200 characters. */
  name: string;
  /** As it was typed; unique whatever its case. */
  login: string;
}

/** What a client gives to register, or to replace a user with. */
export interface UserInput {
  name: string;
  login: string;
  /** In clear text; only its hash is stored. */
  password: string;
}

/** A user as stored in the table Users. */
export interface UserItem extends User {
  /** Argon2id hash in PHC format. Never leaves core. */
  password: string;
  /** When the user registered, ISO 8601 in UTC. */
  created: string;
}

/** Who has a login, as stored in the table Logins. */
export interface LoginItem {
  /** The login, case-folded. */
  login: string;
  user_id: string;
}

/**
 * What a login may be: 3–64 of ASCII letters, digits and `. _ - + @`, beginning with a letter or a
 * digit. So it can be an e-mail address, and folding its case means the same in every locale.
 */
export const LOGIN_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._+@-]{2,63}$";

/** The form of a login that must be unique. */
export function foldLogin(login: string): string {
  return login.toLowerCase();
}
