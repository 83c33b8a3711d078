import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { COMPILED_ONCE, openTemporaryFolder, type Transport } from "@databox-cmk/testkit";

import { openTransport } from "../world/open-listener.ts";
import { settingsOfFolder } from "../world/process-settings.ts";

/**
 * A folder with certificates, and the environment of a broker that keeps its data there. Azure is
 * not there to answer.
 */
export type BrokerEnvironment = Disposable & {
  readonly variables: Readonly<Record<string, string>>;
  readonly dataDir: string;
  transport(port: number): Transport;
};

export async function createBrokerEnvironment(): Promise<BrokerEnvironment> {
  const folder = openTemporaryFolder();
  const portalDir = join(folder.path, "portal");
  await mkdir(portalDir);
  await writeFile(join(portalDir, "index.html"), "<!doctype html>");
  const settings = settingsOfFolder(folder.path);
  return {
    dataDir: settings.BROKER_DATA_DIR,
    variables: {
      ...COMPILED_ONCE,
      ...settings,
      TENANT_ID: "00000000-0000-4000-8000-00000000000a",
      SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
      IDENTITY_RESOURCE_GROUP:
        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
      PORTAL_CLIENT_ID: "00000000-0000-4000-8000-0000000000c1",
      PORTAL_DIR: portalDir,
    },
    transport: openTransport,
    [Symbol.dispose]: () => {
      folder[Symbol.dispose]();
    },
  };
}
