/// <reference path="./.sst/platform/config.d.ts" />

// Two services behind one balancer, by path and by host: one balancer costs half of two.
export default $config({
  app: () => ({ name: "two-services", home: "aws" }),
  async run() {
    const { Alb, Service } = await import("sst-ec2");
    const vpc = new sst.aws.Vpc("Vpc");
    const alb = new Alb("Alb", { vpc });
    const api = new Service("Api", {
      vpc,
      entry: "api.ts",
      loadBalancer: {
        instance: alb,
        rules: [{ conditions: { path: ["/api", "/api/*"] } }, { conditions: { host: "api.*" } }],
      },
      health: { path: "/api/health" },
      scaling: { min: 2, max: 4 },
      dev: { command: "node --watch api.ts", url: "http://localhost:3000" },
    });
    const web = new Service("Web", {
      vpc,
      entry: "web.ts",
      link: [api],
      loadBalancer: { instance: alb, rules: [{ conditions: { path: "/*" } }] },
      dev: { command: "node --watch web.ts", url: "http://localhost:3001" },
    });
    return { url: web.url };
  },
});
