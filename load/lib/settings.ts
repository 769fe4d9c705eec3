/**
 * Settings that the runner passes with `-e`; scenarios also run without it, as `k6 run
 * load/smoke.ts`.
 */

/** Address of the API without a trailing slash. */
export const BASE_URL = (__ENV.BASE_URL || "http://127.0.0.1:3000").replace(/\/+$/, "");

/** Stage at that address, if the runner knows. */
export const STAGE = __ENV.STAGE || undefined;

/** Whether a stage named prod may be written to. */
export const ALLOW_PROD = __ENV.ALLOW_PROD === "true";

/** Concurrent users of a closed scenario. */
export function users(standard: number): number {
  return positive("LOAD_VUS", standard);
}

/** Visits a second of an open scenario. */
export function rate(standard: number): number {
  return positive("LOAD_RATE", standard);
}

/** Factor by which the API may exceed its time limits, on a busy machine. */
export function slack(): number {
  return positive("LOAD_SLACK", 1);
}

/**
 * Duration of the load in seconds.
 *
 * @param standard in seconds
 * @example `LOAD_DURATION=90`, `LOAD_DURATION=90s`, `LOAD_DURATION=1h30m`
 */
export function duration(standard: number): number {
  const text = __ENV.LOAD_DURATION;
  if (!text) return standard;
  const [whole, hours = 0, minutes = 0, seconds = 0] =
    text.match(/^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/) ?? [];
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (whole && total > 0) return total;
  throw new Error(`LOAD_DURATION is ${text}; it must be a time such as 90s, 10m or 1h30m.`);
}

/** A cloud run's project and load zones; k6 chooses what is not set. */
export function cloud(scenario: string) {
  const project = __ENV.K6_CLOUD_PROJECT_ID;
  const zones = __ENV.LOAD_ZONES;
  return {
    name: `steadfast ${scenario}`,
    ...(project && { projectID: Number(project) }),
    ...(zones && { distribution: distribution(zones) }),
  };
}

/** @param zones load zones and their shares in percent: `amazon:us:ashburn=60,amazon:ie:dublin=40` */
function distribution(zones: string) {
  const shares = zones.split(",").map((zone) => {
    const [loadZone = "", percent = ""] = zone.trim().split("=");
    return { loadZone, percent: Number(percent) };
  });
  const total = shares.reduce((sum, { percent }) => sum + percent, 0);
  if (total !== 100 || shares.some(({ loadZone, percent }) => !loadZone || !(percent > 0))) {
    throw new Error(
      `LOAD_ZONES is ${zones}; it must be zones with shares that add up to 100, such as ` +
        "amazon:us:ashburn=60,amazon:ie:dublin=40.",
    );
  }
  return Object.fromEntries(shares.map((share) => [share.loadZone, share]));
}

function positive(name: string, standard: number): number {
  const value = __ENV[name] ? Number(__ENV[name]) : standard;
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} is ${__ENV[name]}; it must be a whole number above 0.`);
}
