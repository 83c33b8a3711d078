import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

import { moveToOwnKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";
import type { Stage } from "./stage.ts";

const DAY_SECONDS = 86_400;

export const issuerKey: Drill = {
  title: "Rotate the key that signs assertions to Entra ID",
  when: "Once a year, and at once (`--force`) if someone may have read the folder of the broker's keys. With `ISSUER_KEY_URL`, rotate the key in its vault instead: the broker publishes the new version at once and signs with it a day later.",
  undo: "Not needed. The former key is published for seven more days, so its signatures remain valid.",
  run: async (stage) => {
    const staged = await stage.deliver("issuer-key");
    await moveToOwnKey(stage, staged, "contosoissuer");
    await stage.step("Before, Entra ID sees two keys: the key that signs, and the next one.");
    await stage.type(`curl -sS --fail "$BROKER/oidc/v1/keys" | jq '.keys | length'`);
    await stage.step(
      "Entra ID caches keys for up to a day, so the broker refuses to rotate to a key that was announced less than a day ago.",
    );
    await stage.type("broker keys rotate issuer", { exitCode: 2 });
    await stage.step("*A day passes.*", () => letDayPass(stage));
    await stage.type("broker keys rotate issuer");
    await stage.step("Restart the replicas, one after the other.", () =>
      stage.world.stack.restartBroker(),
    );
    await stage.step(
      "Check: the former key is still published, and Entra ID accepts the new one: an unlock uses a customer's key with it.",
    );
    await stage.type(`curl -sS --fail "$BROKER/oidc/v1/keys" | jq '.keys | length'`);
    await stage.type("broker doctor | grep 'issuer from outside'");
    await stage.typeAt(staged.node, "databox-agent unlock");
  },
};

/** The next key's age is that of its file. */
async function letDayPass({ world: { stack } }: Stage): Promise<void> {
  const folder = stack.brokerEnvironment["BROKER_KEYS_DIR"] ?? "";
  const dayAgo = Date.now() / 1000 - DAY_SECONDS;
  for (const name of await readdir(folder))
    if (name.startsWith("token-issuer-key")) await utimes(join(folder, name), dayAgo, dayAgo);
}
