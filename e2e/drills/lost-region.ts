import { createTransport } from "@databox-cmk/local-stack";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import { runCampaign } from "./campaign.ts";
import { moveToOwnKey, ownKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";
import type { Stage } from "./stage.ts";

export const lostRegion: Drill = {
  title: "Lose the region of a customer's vault",
  when: "A vault does not answer and will not answer for a long time, and its orders have a [backup key](../customer/backup-keys.md) in another region. After fifteen minutes of silence the backup takes over automatically. Use this drill to avoid the wait and to leave the lost vault. If the region was also the broker's, first restore the broker elsewhere (see above) under the same `BROKER_URL`.",
  undo: "`DELETE …/backupKeys/west/use` ends the use of the backup. The broker always asks the current key first.",
  run: async (stage) => {
    const staged = await stage.deliver("lost-region");
    const { key, principalId } = await moveToOwnKey(stage, staged, "contosoeast");
    const west = ownKey(await stage.world.createVault("contosowest"));
    await west.grant(principalId);
    const url = '"$ARM$ORDER/backupKeys/west?api-version=2025-07-01"';
    await stage.step(
      "In advance, while everything works, the order's owner adds the key in the west as a backup.",
    );
    await stage.set({
      ORDER: staged.order.id,
      EAST: key.url,
      WEST: west.url,
      WEST_ID: west.vaultId,
    });
    await stage.type(
      `jq -n '{kind: "Vault", kekUrl: env.WEST, kekVaultResourceID: env.WEST_ID, identityProperties: {type: "SystemAssigned"}}' |\n` +
        `  curl -sS --fail-with-body --header @owner.header --json @- -X PUT ${url} | jq -c '{name, kind, kid}'`,
    );
    await stage.step(
      "*The east is lost.* Appliances report that the vault is unreachable, which is not a refusal.",
      () => loseVault(stage, key.vaultName),
    );
    await stage.typeAt(staged.node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await stage.step("The order's owner activates the backup now.");
    await stage.type(
      `curl -sS --fail-with-body --header @owner.header --json '{"reason": "region lost, incident 4711", "hours": 24}' \\\n` +
        `  "$ARM$ORDER/backupKeys/west/use?api-version=2025-07-01" | jq -c "{name, kid}"`,
    );
    await stage.typeAt(staged.node, "databox-agent unlock");
    await stage.step("Leave the lost vault permanently: move its orders to the key in the west.");
    await runCampaign(
      stage,
      '{action: {kind: "move", to: {kekUrl: env.WEST, kekVaultResourceID: env.WEST_ID}}, selector: {keyUrl: env.EAST}}',
    );
    await stage.step("Check: the appliance unlocks with the key in the west.");
    await stage.typeAt(staged.node, "databox-agent lock");
    await stage.typeAt(
      staged.node,
      "databox-agent unlock --json | jq -c '{outcome, kid, generation}'",
    );
  },
};

async function loseVault({ world: { stack } }: Stage, vault: string): Promise<void> {
  using transport = createTransport(stack.caPem);
  const { status, text } = await createJsonClient(transport.agent)(
    "POST",
    `${stack.description.emulatorControlUrl}/faults`,
    { body: { scope: { service: "key-vault", vault }, effect: { kind: "connection-reset" } } },
  );
  if (status >= 300) throw new Error(text);
}
