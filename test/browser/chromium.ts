import { type Browser, chromium } from "playwright-core";
import which from "which";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Nothing of the browser's own may reach for the network while a page is tested. */
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Any host but this machine: a page as it is seen at a plain HTTP address.
  "--host-resolver-rules=MAP steadfast.test 127.0.0.1",
];

/**
 * Starts the system's Chromium.
 * @throws when there is none, with what to do about it
 */
export function launchChromium(): Promise<Browser> {
  const root = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: findChromium(),
    // Chromium's sandbox does not work for root.
    args: root ? ["--no-sandbox", ...ARGUMENTS] : ARGUMENTS,
  });
}

function findChromium(): string {
  const names = process.env.CHROMIUM_BIN ? [process.env.CHROMIUM_BIN] : NAMES;
  for (const name of names) {
    const found = which.sync(name, { nothrow: true });
    if (found) return found;
  }
  throw new Error(
    `Chromium is missing (looked for ${names.join(", ")}): install it, ` +
      'for example with "apt-get install chromium", or set CHROMIUM_BIN to its path.',
  );
}
