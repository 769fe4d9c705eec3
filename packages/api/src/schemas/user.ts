import { Type } from "@sinclair/typebox";
import { Id, UserInput } from "@steadfast/core";

export const Credentials = Type.Object(
  { login: UserInput.properties.login, password: UserInput.properties.password },
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
