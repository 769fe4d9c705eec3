import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text(`hono ${process.pid}`));
app.get("/slow", async (context) => {
  await sleep(Number(context.req.query("ms")));
  return context.text(`hono ${process.pid}`);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT || 3000) });

// As Hono's documentation has it.
process.on("SIGTERM", () => {
  server.close((error) => {
    if (error) {
      console.error(error);
      process.exit(1);
    }
    process.exit(0);
  });
});
