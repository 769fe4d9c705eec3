import { setTimeout as sleep } from "node:timers/promises";

export async function GET(request) {
  await sleep(Number(new URL(request.url).searchParams.get("ms")));
  return new Response(`next ${process.pid}`);
}
