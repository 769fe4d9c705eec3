import { setTimeout as sleep } from "node:timers/promises";
import Fastify from "fastify";

const app = Fastify({ logger: true });
app.get("/", async () => `fastify ${process.pid}`);
app.get("/slow", async ({ query }) => {
  await sleep(Number(query.ms));
  return `fastify ${process.pid}`;
});
app.addHook("onClose", async () => console.info("closed"));

// Without a host: "localhost", which is two addresses.
await app.listen({ port: Number(process.env.PORT || 3000) });

process.once("SIGTERM", async () => {
  await app.close();
  process.exit();
});
