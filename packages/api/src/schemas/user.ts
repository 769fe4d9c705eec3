import { type Static, Type } from "@sinclair/typebox";
import { LOGIN_PATTERN } from "@steadfast/core";
import { Id, LINE } from "./text.ts";

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
export type User = Static<typeof User>;

export const UserInput = Type.Object(
  { name: Name, login: Login, password: Password },
  { $id: "UserInput", additionalProperties: false, description: "A new user" },
);

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

export const Credentials = Type.Object(
  {
    login: Login,
    password: Password,
  },
  { $id: "Credentials", additionalProperties: false, description: "Login and password" },
);

export const Session = Type.Object(
  {
    access_token: Type.String({ description: "Send it as `Authorization: Bearer <token>`" }),
    token_type: Type.Literal("Bearer"),
    expires_in: Type.Integer({
      description: "Seconds for which the token is good",
      examples: [3600],
    }),
    user_id: Id("Whose token it is"),
  },
  { $id: "Session", description: "A bearer token" },
);

export const UserParams = Type.Object({ id: Id("The user's id") });
