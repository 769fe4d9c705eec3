/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: () => ({ name: "shop", home: "aws" }),
  async run() {
    const { Alb, Service } = await import("sst-ec2");
    const vpc = new sst.aws.Vpc("Vpc");
    const notes = new sst.aws.Dynamo("Notes", {
      fields: { id: "string" },
      primaryIndex: { hashKey: "id" },
    });
    const alb = new Alb("Alb", { vpc });
    const api = new Service("Api", {
      vpc,
      entry: "server.ts",
      link: [notes],
      loadBalancer: { instance: alb, rules: [{ listen: "80/http" }] },
      scaling: { min: 2, max: 6 },
      dev: { command: "node --watch server.ts", url: "http://localhost:3000" },
    });
    return { url: api.url };
  },
});
