/** What AWS's clients have in common here. */

/**
 * Options of a client: its region, and paths for buckets where an emulator has no names for them.
 * Endpoint and credentials are those of the environment, as for the AWS CLI and SST.
 */
export function options(region: string) {
  return {
    region,
    maxAttempts: 4,
    ...(process.env.AWS_ENDPOINT_URL && { forcePathStyle: true }),
  };
}
