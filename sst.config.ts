/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage: name }) {
    const { regionOf, stageOf } = await import("./infra/stages.ts");
    const stage = stageOf(name);
    return {
      name: "steadfast",
      home: "aws",
      removal: stage.retain ? "retain" : "remove",
      protect: stage.retain,
      providers: {
        aws: {
          region: regionOf(process.env),
          defaultTags: { tags: { app: "steadfast", stage: name } },
        },
        random: "4.16.6",
      },
    };
  },
  async run() {
    const { stageOf } = await import("./infra/stages.ts");
    const { dynamodb } = await import("./infra/dynamodb.ts");
    const { tokenSecret } = await import("./infra/token-secret.ts");
    const { api } = await import("./infra/api.ts");

    const stage = stageOf($app.stage);
    const { url } = await api(stage, { tables: dynamodb(stage), tokenSecret: tokenSecret() });

    return { url, docs: $interpolate`${url}/docs` };
  },
});
