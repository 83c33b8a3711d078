import { subscribe } from "node:diagnostics_channel";
import { appendFileSync, closeSync, openSync } from "node:fs";

import { parseConfig, startBroker } from "@databox-cmk/cloud-broker";

import { captureWire } from "./capture-wire.ts";

/**
 * The real broker, whose output, requests' URLs and messages are kept in files, to be searched for
 * secrets.
 */
const environment = process.env;
const urlFile = environment["CANARY_URL_FILE"] ?? "";
for (const standard of [1, 2]) {
  closeSync(standard);
  // The lowest free number: the one that was closed.
  openSync(environment["CANARY_LOG_FILE"] ?? "", "a", 0o600);
}
subscribe("http.server.request.start", (message) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's documentation of the channel
  const { request } = message as { request: { url?: string } };
  appendFileSync(urlFile, `${request.url ?? ""}\n`);
});

captureWire(environment["CANARY_WIRE_FILE"] ?? "");

const broker = await startBroker(parseConfig(environment));
const stop = () => {
  void broker.close().finally(() => {
    if (process.connected) process.disconnect();
  });
};
process.once("SIGTERM", stop);
process.once("disconnect", stop);
process.send?.({ type: "ready", url: broker.url, port: broker.port });
