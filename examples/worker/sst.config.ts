/// <reference path="./.sst/platform/config.d.ts" />

// A consumer of a queue: no balancer, nothing can connect to it.
export default $config({
  app: () => ({ name: "worker", home: "aws" }),
  async run() {
    const { Service } = await import("sst-ec2");
    const vpc = new sst.aws.Vpc("Vpc");
    const jobs = new sst.aws.Queue("Jobs", { visibilityTimeout: "1 minute" });
    new Service("Worker", {
      vpc,
      entry: "worker.ts",
      link: [jobs],
      // A job that is under way may take as long; what is not done then comes back to the queue.
      drain: "1 minute",
      capacity: "spot",
      dev: { command: "node --watch worker.ts" },
    });
    return { url: jobs.url };
  },
});
