/** Stand-ins for AWS's price API and Cost Explorer that answer in the formats that AWS documents. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** The request, in the API's own terms. */
export interface Asked {
  target: string;
  body: Record<string, never>;
}

/** A server that answers as `answer` says, and remembers what it was asked. */
export async function standIn(answer: (asked: Asked) => unknown) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const question = {
      target: String(request.headers["x-amz-target"]),
      body: JSON.parse(await text(request)),
    };
    asked.push(question);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(answer(question)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A product of the price list: one price, or tiers of `[from, usd]`. */
export function product(usagetype: string, price: string | [from: number, usd: string][]): string {
  const tiers = typeof price === "string" ? ([[0, price]] as const) : price;
  const dimension = ([from, usd]: readonly [number, string], index: number) => [
    `SKU.JRTCKXETXF.${index}`,
    {
      unit: "Hrs",
      beginRange: `${from}`,
      endRange: `${tiers[index + 1]?.[0] ?? "Inf"}`,
      description: `$${usd} per unit`,
      appliesTo: [],
      rateCode: `SKU.JRTCKXETXF.${index}`,
      pricePerUnit: { USD: usd },
    },
  ];
  return JSON.stringify({
    product: {
      productFamily: "A family",
      attributes: { usagetype, regionCode: "eu-west-1" },
      sku: "SKU",
    },
    serviceCode: "AService",
    terms: {
      OnDemand: {
        "SKU.JRTCKXETXF": {
          priceDimensions: Object.fromEntries(tiers.map(dimension)),
          sku: "SKU",
          effectiveDate: "2026-11-01T00:00:00Z",
          offerTermCode: "JRTCKXETXF",
          termAttributes: {},
        },
      },
      Reserved: {
        "SKU.4NA7Y494T4": {
          priceDimensions: { x: { unit: "Hrs", pricePerUnit: { USD: "0.0001" } } },
          termAttributes: { LeaseContractLength: "1yr" },
        },
      },
    },
    version: "20261120000000",
    publicationDate: "2026-11-20T00:00:00Z",
  });
}

/** A month of Cost Explorer's, in US dollars by service. */
export const month = (
  Start: string,
  End: string,
  services: Record<string, string>,
  Estimated = false,
) => ({
  TimePeriod: { Start, End },
  Total: {},
  Groups: Object.entries(services).map(([service, Amount]) => ({
    Keys: [service],
    Metrics: { UnblendedCost: { Amount, Unit: "USD" } },
  })),
  Estimated,
});

/** What the SDK needs to talk to it. */
export const environmentFor = (url: string) => ({
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_ENDPOINT_URL: url,
});
