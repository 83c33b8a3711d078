import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

import { moveToOwnKey } from "./customer-key.ts";
import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";

const DAY_SECONDS = 86_400;

export const issuerKey: Drill = {
  title: "Rotate the key that signs assertions to Entra ID",
  when: "Once a year, and at once (`--force`) if someone may have read the folder of the broker's keys. With `ISSUER_KEY_URL`, rotate the key in its vault instead: the broker publishes the new version at once and signs with it a day later.",
  undo: "Not needed. The former key is published for seven more days, so its signatures remain valid.",
  run: async (drill) => {
    const staged = await drill.deliver("issuer-key");
    await moveToOwnKey(drill, staged, "contosoissuer");
    await drill.step("Before, Entra ID sees two keys: the key that signs, and the next one.");
    await drill.type(`curl -sS --fail "$BROKER/oidc/v1/keys" | jq '.keys | length'`);
    await drill.step(
      "Entra ID caches keys for up to a day, so the broker refuses to rotate to a key that was announced less than a day ago.",
    );
    await drill.type("broker keys rotate issuer", { exitCode: 2 });
    await drill.step("*A day passes.*", () => letDayPass(drill));
    await drill.type("broker keys rotate issuer");
    await drill.step("Restart the replicas, one after the other.", () =>
      drill.world.stack.restartBroker(),
    );
    await drill.step(
      "Check: the former key is still published, and Entra ID accepts the new one: an unlock uses a customer's key with it.",
    );
    await drill.type(`curl -sS --fail "$BROKER/oidc/v1/keys" | jq '.keys | length'`);
    await drill.type("broker doctor | grep 'issuer from outside'");
    await drill.typeAt(staged.node, "databox-agent unlock");
  },
};

/** The next key's age is that of its file. */
async function letDayPass({ world: { stack } }: DrillStack): Promise<void> {
  const folder = stack.brokerEnvironment["BROKER_KEYS_DIR"] ?? "";
  const dayAgo = Date.now() / 1000 - DAY_SECONDS;
  for (const name of await readdir(folder))
    if (name.startsWith("token-issuer-key")) await utimes(join(folder, name), dayAgo, dayAgo);
}
