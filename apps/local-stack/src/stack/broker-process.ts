import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type ChildService, type EndedChild, startChild } from "./child-service.ts";

/** Stops a broker that hangs; a busy machine takes a tenth of it. */
const BROKER_READY_MS = 120_000;

/** How a stack runs its broker. */
export type BrokerRunner = {
  /** Settings that this way of running it adds to those of the stack. */
  readonly settings: Readonly<Record<string, string>>;
  start(settings: Readonly<Record<string, string>>): Promise<ChildService>;
};

/**
 * Runs the broker as a process of its own, with the portal's pages where they are built.
 *
 * @param options - `brokerMain`: the script; absent: the broker's own.
 */
export function createBrokerProcess(options: {
  readonly brokerMain?: string;
  readonly ended?: ((child: EndedChild) => void) | undefined;
}): BrokerRunner {
  const main = options.brokerMain ?? sourceOf("main.ts");
  // Output of `vite build`; without it the broker serves the portal's API only.
  const portalFiles = sourceOf("../../portal/dist");
  return {
    settings: existsSync(join(portalFiles, "index.html")) ? { PORTAL_DIR: portalFiles } : {},
    start: (environment) =>
      startChild({
        name: "The broker",
        script: [main, "serve"],
        environment,
        readyWithinMs: BROKER_READY_MS,
        ended: options.ended,
      }),
  };
}

/** Found when it is needed: the packed test double runs without these sources. */
function sourceOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.resolve("@databox-cmk/cloud-broker")));
}
