import { existsSync } from "node:fs";

import { type Browser, type BrowserContextOptions, chromium, firefox } from "playwright-core";

import { isContinuousIntegration } from "../../harness/cryptsetup.ts";

/** A browser of Debian's. Each resolves `*.localhost` by itself, and trusts every certificate. */
export type Engine = {
  readonly launch: (serverKeys: readonly string[]) => Promise<Browser>;
  readonly contextOptions: BrowserContextOptions;
};

/** On a machine that is busy. */
const START_MS = 180_000;
const SHELL = "/usr/bin/chromium-headless-shell";
/**
 * The headless shell is the same browser without windows. It takes less processor time, but not
 * every installation has it.
 */
const CHROMIUM_PATH = existsSync(SHELL) ? SHELL : "/usr/bin/chromium";
const FIREFOX_PATH = "/usr/bin/firefox-esr";

/**
 * An option of its start makes it trust: with a context's `ignoreHTTPSErrors` each connection fails
 * and starts again, which ends in `net::ERR_TOO_MANY_RETRIES` where many do so at once. A server
 * whose key is known is trusted without an error: only its answers are cached, as they are for a
 * reader.
 */
export const chromiumWith = (...options: readonly string[]): Engine => ({
  launch: (serverKeys) =>
    chromium.launch({
      executablePath: CHROMIUM_PATH,
      timeout: START_MS,
      args: [
        "--ignore-certificate-errors",
        `--ignore-certificate-errors-spki-list=${serverKeys.join(",")}`,
        ...options,
      ],
    }),
  contextOptions: {},
});
export const CHROMIUM = chromiumWith();

/** Firefox is driven by WebDriver BiDi, which an unmodified one speaks. */
export const FIREFOX: Engine = {
  launch: () =>
    firefox.launch({
      channel: "moz-firefox",
      executablePath: FIREFOX_PATH,
      timeout: START_MS,
    }),
  contextOptions: { ignoreHTTPSErrors: true },
};

/**
 * Without it the tests of pages are left out (tools/setup.mjs says so); in continuous integration
 * they fail instead.
 */
export const runsBrowser = existsSync(CHROMIUM_PATH) || isContinuousIntegration;
export const runsFirefox = existsSync(FIREFOX_PATH) || isContinuousIntegration;
