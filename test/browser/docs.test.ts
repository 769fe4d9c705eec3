import { fileURLToPath } from "node:url";
import { type Stack, startStack } from "@steadfast/local";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./chromium.ts";

const IMAGES = new URL("../../docs/images/", import.meta.url);
const PICTURE = fileURLToPath(new URL("swagger-ui.png", IMAGES));
const PHONE_PICTURE = fileURLToPath(new URL("swagger-ui-phone.png", IMAGES));

/** Headers that a browser heeds over HTTPS only, and says so. */
const HTTPS_ONLY = /Cross-Origin-Opener-Policy|Origin-Agent-Cluster/;

type Device = NonNullable<Parameters<Browser["newPage"]>[0]>;

const DESKTOP: Device = { viewport: { width: 1200, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  stack = await startStack();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe("Swagger UI", () => {
  it("takes a user on the whole tour: register, log in, authorize, post, list, delete", async () => {
    const { page, complaints } = await openDocs(stack.url);

    const user = await tryOut(page, "createUser");
    expect(user).toMatchObject({ status: 201, body: { login: "ada" } });
    const session = await tryOut(page, "createSession");
    expect(session.status).toBe(200);
    await authorize(page, session.body.access_token as string);
    const post = await tryOut(page, "createPost");
    expect(post).toMatchObject({ status: 201, body: { user_id: user.body.id } });
    const id = user.body.id as string;
    const list = await tryOut(page, "listPostsOfUser", { id });
    expect(list).toMatchObject({ status: 200, body: { items: [post.body], next_cursor: null } });
    await showListOfPosts(page);
    await takePicture(page, PICTURE);
    const gone = await tryOut(page, "deletePost", { id: post.body.id as string });
    expect(gone).toMatchObject({ status: 200, body: { message: "Post deleted." } });
    const left = await tryOut(page, "listPostsOfUser", { id });
    expect(left.body.items).toEqual([]);

    expect(complaints).toEqual([]);
  });

  it("works at the address of another machine, on plain HTTP and with a trailing slash", async () => {
    const { port } = new URL(stack.url);
    const { page, complaints } = await openDocs(`http://steadfast.test:${port}`, "/docs/");
    expect(await tryOut(page, "getReadiness")).toMatchObject({ status: 200 });
    expect(await page.title()).toBe("Steadfast API");
    // Styled: the stylesheet was allowed to load and apply.
    const colour = await page.evaluate(
      "getComputedStyle(document.querySelector('.opblock-post .opblock-summary-method')).backgroundColor",
    );
    expect(colour).toBe("rgb(73, 204, 144)");
    expect(complaints.filter((text) => !HTTPS_ONLY.test(text))).toEqual([]);
  });
});

describe("Swagger UI on a phone", () => {
  it("fits the screen, also with an operation open, and says what its pictures are", async () => {
    const { page, complaints } = await openDocs(stack.url, "/docs", PHONE);
    const width = () => page.evaluate("document.documentElement.scrollWidth");
    expect(await width()).toBe(PHONE.viewport.width);
    await takePicture(page, PHONE_PICTURE);
    expect(await tryOut(page, "getReadiness")).toMatchObject({ status: 200 });
    expect(await width()).toBe(PHONE.viewport.width);
    const nameless = page.locator('img:not([alt]), img[alt=""]');
    expect(await nameless.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("leads back: from the title to the service, from the logo to the top", async () => {
    const { page } = await openDocs(stack.url, "/docs", PHONE);
    await page.locator(".topbar a.link").click();
    await operation(page, "createUser").waitFor();
    expect(new URL(page.url()).pathname).toBe("/docs");
    const size = "getComputedStyle(document.querySelector('.info .title a')).fontSize";
    expect(await page.evaluate(size)).toBe("36px");
    await page.locator(".info .title a").click();
    await page.waitForURL(`${stack.url}/`);
  });
});

interface Tried {
  status: number;
  body: Record<string, unknown>;
}

/** Opens the docs in a new window. What the browser has to complain about is collected. */
async function openDocs(origin: string, path = "/docs", device: Device = DESKTOP) {
  const page = await browser.newPage(device);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  await page.goto(origin + path);
  await operation(page, "createUser").waitFor();
  return { page, complaints };
}

/** An operation's box in the page. */
function operation(page: Page, operationId: string): Locator {
  return page.locator(`.opblock[id$="-${operationId}"]`);
}

/** Opens an operation, fills in its parameters, executes it with the example as its body. */
async function tryOut(
  page: Page,
  operationId: string,
  parameters: Record<string, string> = {},
): Promise<Tried> {
  const box = operation(page, operationId);
  if (!(await box.locator(".execute").isVisible())) await box.locator(".opblock-summary").click();
  for (const [name, value] of Object.entries(parameters)) {
    await box.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.request().resourceType() === "fetch"),
    box.locator(".execute").click(),
  ]);
  const body = await response.json();
  // What the page shows is what came back.
  const shown = box.locator(".live-responses-table .response").first();
  await shown.locator(".response-col_status", { hasText: String(response.status()) }).waitFor();
  return { status: response.status(), body };
}

async function authorize(page: Page, token: string): Promise<void> {
  await page.locator(".auth-wrapper .authorize").first().click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("input").fill(token);
  await dialog.locator("button.authorize").click();
  await dialog.locator("button.btn-done").click();
}

/** The list of posts, with the request that made it. */
async function showListOfPosts(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1200, height: 1140 });
  const top =
    "document.querySelector('.opblock[id$=-listPostsOfUser]').getBoundingClientRect().top";
  await page.evaluate(`scrollBy(0, ${top} - 20)`);
}

/**
 * A picture for the docs. Taken anew with `UPDATE_PICTURE=1 npm run test:browser`, so that a mere test
 * leaves the checkout as it is.
 */
async function takePicture(page: Page, path: string): Promise<void> {
  if (process.env.UPDATE_PICTURE) await page.screenshot({ path });
}
