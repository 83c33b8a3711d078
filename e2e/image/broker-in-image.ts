import { chmodSync, chownSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { environmentOf, settings } from "./made-image.ts";
import { NONROOT, runInImage, startInImage } from "./run-in-image.ts";

/**
 * The stack starts this instead of the broker. It runs the image by the image's own settings, with
 * files mounted as secrets are, and reports that it is ready once the image's health check does.
 */
const environment = process.env;
const image = settings.parse(JSON.parse(environment["IMAGE_SETTINGS"] ?? ""));
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
  ...environmentOf(image),
  // The stack chooses a free port of this machine.
  BROKER_PORT: environment["BROKER_PORT"],
  ...mountFile("BROKER_TLS_CERTIFICATE_FILE", "certificate.pem"),
  ...mountFile("BROKER_TLS_KEY_FILE", "key.pem"),
  ...mountFile("EXTRA_CA_FILE", "ca.pem"),
};
const broker = startInImage(mounts, [...image.Entrypoint, ...image.Cmd], inside, [
  "ignore",
  "ignore",
  "inherit",
]);
const stop = () => {
  broker.kill("SIGTERM");
};
process.once("SIGTERM", stop);
process.once("disconnect", stop);
broker.once("exit", (code) => {
  process.exit(code ?? 1);
});
const health = image.Healthcheck.Test.slice(1);
while (runInImage(mounts, health, inside).status !== 0) await setTimeout(100);
process.send?.({ type: "ready" });
