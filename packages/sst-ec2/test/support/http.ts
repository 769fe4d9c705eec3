import { type Agent, get, type IncomingMessage } from "node:http";

export interface Answer {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What the balancer says of itself. */
export const HEALTH_CHECKER = { "user-agent": "ELB-HealthChecker/2.0" };

/** Over a connection of its own unless an agent keeps it. @throws an error with a code without an answer */
export function ask(url: string, headers = {}, agent: Agent | false = false): Promise<Answer> {
  return new Promise((answered, failed) => {
    const request = get(url, { headers, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part) => {
        body += part;
      });
      response.once("end", () =>
        answered({ status: response.statusCode, headers: response.headers, body }),
      );
      response.once("error", failed);
    });
    request.once("error", failed);
  });
}

/** The status of an answer; `undefined` without one. */
export const statusOf = (url: string, headers = {}): Promise<number | undefined> =>
  ask(url, headers).then(
    (answer) => answer.status,
    () => undefined,
  );
