/** Preloaded into a process: logs its loaded modules at exit. */
import { registerHooks } from "node:module";

const modules: string[] = [];
registerHooks({
  load(url, context, next) {
    modules.push(url);
    return next(url, context);
  },
});
process.once("SIGTERM", () => console.info(JSON.stringify({ msg: "modules", modules })));
