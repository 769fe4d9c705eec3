/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app() {
    return { name: "steadfast", home: "aws", providers: { aws: { region: "us-east-1" } } };
  },
  async run() {},
});
