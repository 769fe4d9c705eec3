/** What k6's own REST API says of the run. */
export interface Progress {
  /** Requests since the start. */
  requests: number;
  /** Users at work; 0 in setup and teardown. */
  users: number;
}

/** Asks k6 how far it is. @returns nothing while it does not answer, at the start and at the end */
export async function readProgress(address: string): Promise<Progress | undefined> {
  try {
    const [status, requests] = await Promise.all([
      attributes(`http://${address}/v1/status`),
      // Not there before the first request.
      attributes(`http://${address}/v1/metrics/http_reqs`).catch(() => undefined),
    ]);
    const { sample } = (requests ?? {}) as { sample?: { count?: number } };
    return { requests: sample?.count ?? 0, users: Number(status.vus) };
  } catch {
    return undefined;
  }
}

async function attributes(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const { data } = (await response.json()) as { data: { attributes: Record<string, unknown> } };
  return data.attributes;
}
