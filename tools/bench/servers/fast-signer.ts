/** (c3) With our own signer besides; the shortcut is what (d) has more. */
import { Database } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

await serveSteadfast(new Database({ fast: "signer" }));
