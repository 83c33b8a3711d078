import { existsSync } from "node:fs";

import { isContinuousIntegration } from "../../harness/cryptsetup.ts";

const SHELL = "/usr/bin/chromium-headless-shell";
/**
 * Debian's. The headless shell is the same browser without windows. It takes less processor time,
 * but not every installation has it.
 */
export const CHROMIUM = existsSync(SHELL) ? SHELL : "/usr/bin/chromium";

/**
 * Without it the tests of pages are left out (tools/setup.mjs says so); in continuous integration
 * they fail instead.
 */
export const runsBrowser = existsSync(CHROMIUM) || isContinuousIntegration;
