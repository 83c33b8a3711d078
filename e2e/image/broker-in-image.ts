import { chmodSync, chownSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { NONROOT, runInImage, startInImage } from "./run-in-image.ts";

/**
 * Stands where the stack starts the broker: runs it in the image, with its files mounted as secrets
 * are, and says that it is ready once the image's own health check does.
 */
const environment = process.env;
const mounts = {
  root: environment["IMAGE_ROOT"] ?? "",
  data: environment["IMAGE_DATA"] ?? "",
  tls: environment["IMAGE_TLS"] ?? "",
};

function mountFile(variable: string, name: string): Record<string, string> {
  const path = join(mounts.tls, name);
  copyFileSync(environment[variable] ?? "", path);
  chmodSync(path, 0o400);
  if (process.getuid?.() === 0) chownSync(path, NONROOT, NONROOT);
  return { [variable]: `/tls/${name}` };
}

const inside = {
  ...environment,
  // The same user as in the Containerfile.
  BROKER_DATA_DIR: "/data",
  PORTAL_DIR: "/app/portal",
  MALLOC_ARENA_MAX: "2",
  ...mountFile("BROKER_TLS_CERTIFICATE_FILE", "certificate.pem"),
  ...mountFile("BROKER_TLS_KEY_FILE", "key.pem"),
  ...mountFile("EXTRA_CA_FILE", "ca.pem"),
};
const program = [
  "--disable-warning=ExperimentalWarning",
  "--max-semi-space-size=8",
  "--heap-growing-percent=50",
  "/app/broker.mjs",
];
const broker = startInImage(mounts, [...program, "serve"], inside, ["ignore", "ignore", "inherit"]);
const stop = () => {
  broker.kill("SIGTERM");
};
process.once("SIGTERM", stop);
process.once("disconnect", stop);
broker.once("exit", (code) => {
  process.exit(code ?? 1);
});
while (runInImage(mounts, [...program, "health"], inside).status !== 0) await setTimeout(100);
process.send?.({ type: "ready" });
