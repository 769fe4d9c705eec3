/** (c3) With the shortcut besides; our own signer is what (d) has more. */
import { Database } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

await serveSteadfast(new Database({ fast: "shortcut" }));
