/// <reference path="./.sst/platform/config.d.ts" />

// Into a network that is there already: here the account's default VPC, whose subnets are public. Subnets of another
// VPC are named by their IDs: { id: "vpc-0123…", subnets: ["subnet-0123…", "subnet-4567…"] }.
export default $config({
  app: () => ({ name: "existing-vpc", home: "aws" }),
  async run() {
    const { Alb, Service } = await import("sst-ec2");
    const vpc = await aws.ec2.getVpc({ default: true });
    const { ids } = await aws.ec2.getSubnets({
      filters: [{ name: "vpc-id", values: [vpc.id] }],
    });
    const alb = new Alb("Alb", { vpc: { id: vpc.id, publicSubnets: ids, privateSubnets: [] } });
    const api = new Service("Api", {
      vpc: { id: vpc.id, subnets: ids, publicIp: true },
      entry: "server.ts",
      loadBalancer: { instance: alb, rules: [{ listen: "80/http" }] },
      scaling: { min: 2, max: 6 },
      dev: { command: "node --watch server.ts", url: "http://localhost:3000" },
    });
    return { url: api.url };
  },
});
