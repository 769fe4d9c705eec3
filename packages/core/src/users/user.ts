/** A person who posts. */
export interface User {
  /** UUIDv7, given by us. */
  id: string;
  /** Any text of 1–200 characters. */
  name: string;
  /** As it was typed; unique whatever its case. Told to its owner alone: it may be an e-mail address. */
  login?: string;
}

/** What a client gives to register, or to replace a user with. */
export interface UserInput {
  name: string;
  login: string;
  /** In clear text; only its hash is stored. */
  password: string;
}

/** What a client gives to replace a user with. */
export interface UserChange extends UserInput {
  /** In clear text; by default `password`, which proves itself unless it is a new one. */
  current_password?: string | undefined;
}

/** A user as stored in the table Users. */
export interface UserItem extends Required<User> {
  /** Argon2id hash in PHC format. Never leaves core. */
  password: string;
  /** When the user registered, ISO 8601 in UTC. */
  created: string;
  /** Another one after each change of login or password; missing before the first. */
  epoch?: string;
}

/** Who has a login, as stored in the table Logins. */
export interface LoginItem {
  /** The login, case-folded. */
  login: string;
  user_id: string;
  /** Marks of the networks that it was used from lately; see `networks.ts`. */
  networks?: string;
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
