import { existsSync } from "node:fs";

import { isContinuousIntegration } from "../../harness/cryptsetup.ts";

/** Debian's. */
export const CHROMIUM = "/usr/bin/chromium";

/**
 * Without it the tests of pages are left out (tools/setup.mjs says so); in continuous integration
 * they fail instead.
 */
export const runsBrowser = existsSync(CHROMIUM) || isContinuousIntegration;
