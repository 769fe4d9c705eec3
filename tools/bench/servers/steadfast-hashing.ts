/** This API as it is deployed: passwords are hashed. */
import { Database, Passwords } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

await serveSteadfast(new Database(), new Passwords());
