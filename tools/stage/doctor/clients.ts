/** What the AWS clients share. */

/**
 * A client's options: its region, and path-style buckets for emulators. Endpoint and credentials
 * come from the environment, as for the AWS CLI and SST.
 */
export function options(region: string) {
  return {
    region,
    maxAttempts: 4,
    ...(process.env.AWS_ENDPOINT_URL && { forcePathStyle: true }),
  };
}
