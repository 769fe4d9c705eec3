require("reflect-metadata");
const { setTimeout: sleep } = require("node:timers/promises");
const { Controller, Get, Module, Query } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");

// What TypeScript makes of decorators.
class AppController {
  root() {
    return `nest ${process.pid}`;
  }
  async slow(ms) {
    await sleep(Number(ms));
    return `nest ${process.pid}`;
  }
}
const method = (name, ...decorators) => {
  const descriptor = Object.getOwnPropertyDescriptor(AppController.prototype, name);
  for (const decorate of decorators) decorate(AppController.prototype, name, descriptor);
};
method("root", Get("/"));
method("slow", Get("/slow"));
Query("ms")(AppController.prototype, "slow", 0);
Controller()(AppController);

class AppModule {
  onApplicationShutdown(signal) {
    console.info(`closed by ${signal}`);
  }
}
Module({ controllers: [AppController] })(AppModule);

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
