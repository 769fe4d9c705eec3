import { sendAside } from "./client.ts";
import { ALLOW_PROD, BASE_URL, STAGE } from "./settings.ts";

/** A host that looks like a production stage: `steadfast-prod-Alb-1.….amazonaws.com`. */
const PROD = /(^|[.-])prod(uction)?([.-]|$)/i;

/**
 * Checks that the target may be loaded, and that it is this API.
 *
 * @throws one line that says what to do
 */
export async function checkTarget(): Promise<void> {
  const host = BASE_URL.replace(/^\w+:\/\//, "").split(/[:/]/)[0] ?? "";
  if (!ALLOW_PROD && (PROD.test(STAGE ?? "") || PROD.test(host))) {
    throw new Error(`${STAGE ?? host} is production: give --allow-prod to write to it.`);
  }
  const response = await sendAside({ method: "GET", route: "/" });
  if (response.status === 0) {
    throw new Error(`Nothing answers at ${BASE_URL} (${response.error}): is it started?`);
  }
  if (response.status !== 200 || nameIn(response.body) !== "steadfast") {
    throw new Error(
      `What answers at ${BASE_URL} is not this API: GET / gave ${response.status}, not the name steadfast.`,
    );
  }
}

function nameIn(body: string): unknown {
  try {
    return JSON.parse(body).name;
  } catch {
    return undefined;
  }
}
