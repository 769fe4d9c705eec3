/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage }) {
    const { isRetained, providersOf } = await import("./infra/stages.ts");
    const { regionOrDefault } = await import("./infra/program/region.ts");
    const retained = isRetained(stage);
    return {
      name: "steadfast",
      home: "aws",
      removal: retained ? "retain" : "remove",
      protect: retained,
      providers: {
        aws: {
          region: regionOrDefault(process.env),
          defaultTags: { tags: { app: "steadfast", stage } },
        },
        random: "4.16.6",
        ...providersOf(stage),
      },
    };
  },
  async run() {
    const { silenceDebugLog } = await import("./infra/program/debug-log.ts");
    const { regionOf } = await import("./infra/program/region.ts");
    const { stageOf } = await import("./infra/stages.ts");
    const { domainOf } = await import("./infra/network/domain.ts");
    const { boundRoles } = await import("sst-ec2");
    const { boundaryOf } = await import("./infra/policies/access.ts");
    const { alarmTopic } = await import("./infra/monitoring/alarms.ts");
    const { dynamodb } = await import("./infra/dynamodb.ts");
    const { tokenSecret } = await import("./infra/secrets/token-secret.ts");
    const { hostingOf } = await import("./infra/hosting/hosting.ts");
    const { cmcApiKey, quotes } = await import("./infra/quotes/quotes.ts"); // drop: quotes
    const { api, apiLinks } = await import("./infra/asg.ts");
    const { pipeline } = await import("./infra/pipeline/pipeline.ts");
    const { localStack } = await import("./infra/program/local-stack.ts");
    const { checkTexts } = await import("./infra/program/texts.ts");

    silenceDebugLog();
    checkTexts();
    regionOf(process.env);
    const stage = stageOf($app.stage);
    const domain = await domainOf(stage);
    const key = cmcApiKey(stage); // drop: quotes
    // Before any role: a deployer may not create one without it.
    boundRoles(boundaryOf(stage));

    const alarms = alarmTopic(stage);
    const tables = dynamodb(stage);
    const links = apiLinks(tables, tokenSecret());
    const hosting = hostingOf(stage, tables);
    const database = quotes({ stage, key, alarms, hosting }); // drop: quotes
    const { url, ...rest } = api({
      ...{ stage, domain, alarms, tables, links, hosting },
      database, // drop: quotes
    });
    const delivery = pipeline(stage, alarms);
    localStack();

    return {
      url,
      ...(stage.docs && { docs: $interpolate`${url}/docs` }),
      ...rest,
      ...delivery,
    };
  },
});
