/// <reference path="./.sst/platform/config.d.ts" />

// An image, built with Docker, Podman or Buildah where this runs. The instances have none of them.
export default $config({
  app: () => ({ name: "container", home: "aws" }),
  async run() {
    const { Alb, Service } = await import("sst-ec2");
    const vpc = new sst.aws.Vpc("Vpc");
    const bucket = new sst.aws.Bucket("Uploads");
    const alb = new Alb("Alb", { vpc });
    const service = new Service("Service", {
      vpc,
      image: { context: "service", args: { GREETING: "Hello" } },
      instances: ["t3.micro"],
      link: [bucket],
      loadBalancer: { instance: alb, rules: [{ listen: "80/http" }] },
      scaling: { min: 2, max: 4 },
      dev: { command: "python3 service/server.py", url: "http://localhost:3000" },
    });
    return { url: service.url };
  },
});
