import { setTimeout as sleep } from "node:timers/promises";
import Koa from "koa";

const app = new Koa();
app.use(async (context) => {
  if (context.path === "/slow") await sleep(Number(context.query.ms));
  context.body = `koa ${process.pid}`;
});
app.listen({ port: process.env.PORT || 3000, host: "127.0.0.1" });
