import { type Static, Type } from "@sinclair/typebox";
import { Id, LINE } from "../text.ts";

/**
 * 3–64 ASCII letters, digits and `. _ - + @`. It can be an e-mail address, and case-folding is the
 * same in every locale.
 */
export const LOGIN_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._+@-]{2,63}$";

const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: LINE,
  format: "visible",
  description: "Any one line of text with something to see in it",
  examples: ["Ada Lovelace"],
});

const Login = Type.String({
  minLength: 3,
  maxLength: 64,
  pattern: LOGIN_PATTERN,
  description: "ASCII letters, digits and `. _ - + @`; unique whatever its case",
  examples: ["ada"],
});

const Password = Type.String({
  minLength: 8,
  maxLength: 128,
  pattern: LINE,
  format: "password",
  writeOnly: true,
  description: "Stored as an Argon2id hash; never returned",
  examples: ["correct horse battery"],
});

export const User = Type.Object(
  {
    id: Id("The user's id"),
    name: Name,
    login: Type.Optional(
      Type.String({
        pattern: LOGIN_PATTERN,
        description: "Told to the user alone, and to anybody with API_AUTH=open",
        examples: ["ada"],
      }),
    ),
  },
  { $id: "User", description: "A user" },
);
/** A person who posts. */
export type User = Static<typeof User>;

export const UserInput = Type.Object(
  { name: Name, login: Login, password: Password },
  { $id: "UserInput", additionalProperties: false, description: "A new user" },
);
export type UserInput = Static<typeof UserInput>;

export const UserChange = Type.Object(
  {
    name: Name,
    login: Login,
    password: Password,
    current_password: Type.Optional(
      Type.Unsafe<string>({
        ...Password,
        description: "Defaults to `password`; required to set a new password",
      }),
    ),
  },
  { $id: "UserChange", additionalProperties: false, description: "What a user is replaced with" },
);
export type UserChange = Static<typeof UserChange>;

/** As stored in the table Users. */
export interface UserItem extends Required<User> {
  /** Argon2id hash in PHC format. Never leaves core. */
  password: string;
  /** ISO 8601 in UTC. */
  created: string;
  /** Changes with each new login or password; missing before the first change. */
  epoch?: string;
}

/** The owner of a login, as stored in the table Logins. */
export interface LoginItem {
  /** Case-folded. */
  login: string;
  user_id: string;
  /** Marks of networks that it was recently used from; see `networks.ts`. */
  networks?: string;
}

/** The unique form of a login. */
export function foldLogin(login: string): string {
  return login.toLowerCase();
}
