/** Which zones a network spans. */
import { afterEach, describe, expect, test } from "vitest";
import { chooseZones } from "../../infra/network/zones.ts";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";

const offered = (types: Record<string, string>) =>
  Object.entries(types).flatMap(([type, zones]) => [...zones].map((zone) => ({ type, zone })));

describe("zones", () => {
  test.each([
    ["the first two, where all are alike", { micro: "abc" }, ["micro"], ["a", "b"]],
    ["not one without the instance type", { micro: "acd" }, ["micro"], ["a", "c"]],
    [
      "rather those that have the second type, too",
      { micro: "abc", small: "bc" },
      ["micro", "small"],
      ["b", "c"],
    ],
    [
      "those of the first type, where no two have both",
      { micro: "abc", small: "c" },
      ["micro", "small"],
      ["a", "c"],
    ],
    ["none that is no regular one", { micro: "abxy" }, ["micro"], ["a", "b"]],
  ])("are %s", (_what, types, wanted, chosen) => {
    expect(chooseZones(["c", "a", "b", "d"], offered(types as never), wanted)).toEqual(chosen);
  });

  test("are too few in one line that names the type", () => {
    expect(() => chooseZones(["a", "b"], offered({ micro: "a" }), ["micro"])).toThrow(
      /^"instances" begins with micro, which AWS offers in a of this region; [^\n]+\.$/,
    );
  });
});

describe("a network", () => {
  afterEach(() => {
    delete stages.zoned;
  });

  test("spans neither a local zone nor one without the type, and asks for NAT's, too", async () => {
    stages.zoned = { ...stages.prod, nat: "ec2" };
    let asked: string[] = [];
    const { resources } = await runProgram({
      stage: "zoned",
      answers: {
        "aws:index/getAvailabilityZones:getAvailabilityZones": ({ filters }) => {
          expect(filters).toEqual([{ name: "zone-type", values: ["availability-zone"] }]);
          return { names: ["us-east-1a", "us-east-1b", "us-east-1c"] };
        },
        "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ filters }) => {
          asked = filters[0].values;
          const offers = asked.flatMap((type) =>
            ["a", "c"].map((zone) => [type, `us-east-1${zone}`]),
          );
          return {
            instanceTypes: offers.map(([type]) => type),
            locations: offers.map(([, zone]) => zone),
          };
        },
      },
    });
    expect(asked).toEqual(["t4g.micro", "t4g.small", "t4g.nano"]);
    const subnets = resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    expect(new Set(subnets.map(({ inputs }) => inputs.availabilityZone))).toEqual(
      new Set(["us-east-1a", "us-east-1c"]),
    );
  });

  test("stays where it is, whatever AWS offers later", async () => {
    const { resources } = await runProgram({ stage: "ada" });
    const subnets = resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    expect(subnets).toHaveLength(4);
    for (const { ignoreChanges } of subnets) expect(ignoreChanges).toEqual(["availabilityZone"]);
  });
});
