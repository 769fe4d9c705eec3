/** The download of an archive as it runs: real bash and curl, and a server that checks signatures as S3 does. */
import { execFile } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { script } from "../../src/boot/files.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN = "FwoGZXIvYXdzE//////////wEaD+token==";

let folder: string;
let server: Server;
/** Answers of the server in turn; the last one stays. */
let answers: ((request: IncomingMessage) => { status: number; body: string })[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "download-test-"));
  server = createServer((request, response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    const { status, body } = answer?.(request) ?? { status: 500, body: "" };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text).digest();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** As AWS says a request's signature is made (Signature Version 4), from what has arrived. */
function isSigned({ method, url, headers }: IncomingMessage): boolean {
  const [, day, names = "", signature] =
    /Credential=AKID\/(\d+)\/us-east-1\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
      headers.authorization ?? "",
    ) ?? [];
  if (!day || !names.split(";").includes("x-amz-security-token")) return false;
  const canonical = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const payload = headers["x-amz-content-sha256"] as string;
  const request = [method, url, "", canonical.join(""), names, payload].join("\n");
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(request)].join("\n");
  const key = ["us-east-1", "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${SECRET}`, day));
  return hmac(key, text).toString("hex") === signature;
}

/** Runs the function alone, with a metadata service that has a role's credentials. */
function download(): Promise<{ status: number; stderr: string; file: string }> {
  const text = script("boot.sh");
  const body = text.slice(text.indexOf("download() {"), text.indexOf("fetch() {"));
  const credentials = JSON.stringify(
    { Code: "Success", AccessKeyId: "AKID", SecretAccessKey: SECRET, Token: TOKEN },
    null,
    2,
  );
  writeFileSync(join(folder, "credentials"), credentials);
  const metadata = `metadata() { case $1 in */role) cat "${folder}/credentials" ;; *) echo role ;; esac; }`;
  const file = join(folder, "archive");
  return new Promise((done) => {
    execFile(
      "bash",
      ["--norc", "-euc", `${metadata}\n${body}\ndownload app/api/app-1.tar.gz "${file}"`],
      {
        env: {
          PATH: process.env.PATH,
          AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          AWS_DEFAULT_REGION: "us-east-1",
          BUCKET: "bucket",
        },
      },
      (error, _, stderr) => done({ status: Number(error?.code ?? 0), stderr, file }),
    );
  });
}

it("is a request that S3 takes for the role's", async () => {
  const urls: (string | undefined)[] = [];
  answers = [
    (request) => {
      urls.push(request.url);
      return isSigned(request) ? { status: 200, body: "content" } : { status: 403, body: "" };
    },
  ];
  const { status, stderr, file } = await download();
  expect([status, stderr, urls]).toEqual([0, "", ["/bucket/app/api/app-1.tar.gz"]]);
  expect(readFileSync(file, "utf8")).toBe("content");
});

it("is tried again when S3 has trouble, with nothing of the answer before in the file", async () => {
  answers = [
    () => ({ status: 503, body: "<Error><Code>SlowDown</Code><Message>Slow</Message></Error>" }),
    () => ({ status: 200, body: "content" }),
  ];
  const { status, file } = await download();
  expect(status).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("content");
});

it("says in its last line what S3 has against it, and no secret", async () => {
  const body = `<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>1</RequestId></Error>`;
  answers = [() => ({ status: 403, body })];
  const { status, stderr } = await download();
  expect(status).toBe(1);
  expect(stderr.trim().split("\n").at(-1)).toBe(
    "s3://bucket/app/api/app-1.tar.gz: AccessDenied: Access Denied",
  );
  for (const secret of [SECRET, TOKEN]) expect(stderr).not.toContain(secret);
});
