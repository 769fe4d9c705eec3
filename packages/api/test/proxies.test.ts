/** The client address behind no, one and two proxies; each header as it arrives. */
import { describe, expect, it } from "vitest";
import { startApi, type TestApi } from "./support/api.ts";

const BALANCER = "10.0.4.7";
/** An address of CloudFront. Other customers' distributions use it, too. */
const CLOUDFRONT = "130.176.96.72";
const CLIENT = "203.0.113.9";
const FORGED = "192.0.2.66";

const direct = await startApi();
const balanced = await startApi({ env: { TRUST_PROXY: "10.0.0.0/22,10.0.4.0/22" } });
const edge = await startApi({
  env: { TRUST_PROXY: "10.0.0.0/22,10.0.4.0/22", PROXY_HOPS: "2" },
});

/** The client that the log names. */
async function clientOf({ call, log }: TestApi, remoteAddress: string, ...chain: string[]) {
  const headers = chain.length > 0 ? { "x-forwarded-for": chain.join(", ") } : {};
  const answer = await call("GET", "/", { remoteAddress, headers });
  return log.find(({ reqId }) => reqId === answer.headers["x-request-id"])?.client;
}

describe("without a proxy", () => {
  it("the client is who connects, whatever it says", async () => {
    expect(await clientOf(direct, CLIENT, FORGED)).toBe(CLIENT);
  });
});

describe("behind a balancer", () => {
  it("the client is whom the balancer saw", async () => {
    expect(await clientOf(balanced, BALANCER, CLIENT)).toBe(CLIENT);
    expect(await clientOf(balanced, `::ffff:${BALANCER}`, CLIENT)).toBe(CLIENT);
  });

  it.each([
    [[FORGED, CLIENT]],
    [[FORGED, "10.0.0.1", CLIENT]],
    [[FORGED, "not an address", CLIENT]],
    [["", CLIENT]],
  ])("that brought %j along stays who it is", async (chain) => {
    expect(await clientOf(balanced, BALANCER, ...chain)).toBe(CLIENT);
  });

  it("in the balancer's own network is no second proxy", async () => {
    expect(await clientOf(balanced, BALANCER, FORGED, "10.0.4.8")).toBe("10.0.4.8");
  });

  it("that came around it is who connects", async () => {
    expect(await clientOf(balanced, CLIENT, FORGED)).toBe(CLIENT);
  });
});

describe("behind CloudFront and a balancer", () => {
  it.each([
    [[CLIENT, CLOUDFRONT]],
    // A VPC origin's interface has an address in the balancer's own subnets.
    [[CLIENT, "10.0.4.99"]],
    [[FORGED, CLIENT, CLOUDFRONT]],
    [[FORGED, "10.0.4.9", CLIENT, CLOUDFRONT]],
    [[FORGED, CLOUDFRONT, CLIENT, CLOUDFRONT]],
  ])("the client is whom CloudFront saw: %j", async (chain) => {
    expect(await clientOf(edge, BALANCER, ...chain)).toBe(CLIENT);
  });

  it("is known by its address of IPv6", async () => {
    expect(await clientOf(edge, BALANCER, FORGED, "2001:db8::7", CLOUDFRONT)).toBe("2001:db8::7");
  });

  it("with a distribution of its own before ours cannot put an address before its edge's", async () => {
    const chain = [FORGED, "130.176.1.1", CLOUDFRONT];
    expect(await clientOf(edge, BALANCER, ...chain)).toBe("130.176.1.1");
  });

  it("that came around both is who connects", async () => {
    expect(await clientOf(edge, CLOUDFRONT, FORGED, FORGED)).toBe(CLOUDFRONT);
  });
});

describe("failed log-ins", () => {
  it("count for the client that CloudFront saw, not for the addresses that it makes up", async () => {
    const api = await startApi({
      env: { TRUST_PROXY: "10.0.0.0/22", PROXY_HOPS: "2", LOGIN_FAILURES: "2" },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const headers = { "x-forwarded-for": `192.0.2.${i}, ${CLIENT}, ${CLOUDFRONT}` };
      const body = { login: "nobody", password: "not the password" };
      const remoteAddress = "10.0.0.7";
      const answer = await api.call("POST", "/sessions", { body, headers, remoteAddress });
      statuses.push(answer.statusCode);
    }
    expect(statuses).toEqual([401, 401, 429]);
  });
});
