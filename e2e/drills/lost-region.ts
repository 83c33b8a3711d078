import { createTransport } from "@databox-cmk/local-stack";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import { runCampaign } from "./campaign.ts";
import { moveToOwnKey, ownKey } from "./customer-key.ts";
import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";

export const lostRegion: Drill = {
  title: "Lose the region of a customer's vault",
  when: "A vault does not answer and will not answer for a long time, and its orders have a [backup key](../customer/backup-keys.md) in another region. After fifteen minutes of silence the backup takes over automatically. Use this drill to avoid the wait and to leave the lost vault. If the region was also the broker's, first restore the broker elsewhere (see above) under the same `BROKER_URL`.",
  undo: "`DELETE …/backupKeys/west/use` ends the use of the backup. The broker always asks the current key first.",
  run: async (drill) => {
    const staged = await drill.deliver("lost-region");
    const { key, principalId } = await moveToOwnKey(drill, staged, "contosoeast");
    const west = ownKey(await drill.world.createVault("contosowest"));
    await west.grant(principalId);
    const url = '"$ARM$ORDER/backupKeys/west?api-version=2025-07-01"';
    await drill.step(
      "In advance, while everything works, the order's owner adds the key in the west as a backup.",
    );
    await drill.set({
      ORDER: staged.order.id,
      EAST: key.url,
      WEST: west.url,
      WEST_ID: west.vaultId,
    });
    await drill.type(
      `jq -n '{kind: "Vault", kekUrl: env.WEST, kekVaultResourceID: env.WEST_ID, identityProperties: {type: "SystemAssigned"}}' |\n` +
        `  curl -sS --fail-with-body --header @owner.header --json @- -X PUT ${url} | jq -c '{name, kind, kid}'`,
    );
    await drill.step(
      "*The east is lost.* Appliances report that the vault is unreachable, which is not a refusal.",
      () => loseVault(drill, key.vaultName),
    );
    await drill.typeAt(staged.node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await drill.step("The order's owner activates the backup now.");
    await drill.type(
      `curl -sS --fail-with-body --header @owner.header --json '{"reason": "region lost, incident 4711", "hours": 24}' \\\n` +
        `  "$ARM$ORDER/backupKeys/west/use?api-version=2025-07-01" | jq -c "{name, kid}"`,
    );
    await drill.typeAt(staged.node, "databox-agent unlock");
    await drill.step("Leave the lost vault permanently: move its orders to the key in the west.");
    await runCampaign(
      drill,
      '{action: {kind: "move", to: {kekUrl: env.WEST, kekVaultResourceID: env.WEST_ID}}, selector: {keyUrl: env.EAST}}',
    );
    await drill.step("Check: the appliance unlocks with the key in the west.");
    await drill.typeAt(staged.node, "databox-agent lock");
    await drill.typeAt(
      staged.node,
      "databox-agent unlock --json | jq -c '{outcome, kid, generation}'",
    );
  },
};

async function loseVault({ world: { stack } }: DrillStack, vault: string): Promise<void> {
  using transport = createTransport(stack.caPem);
  const { status, text } = await createJsonClient(transport.agent)(
    "POST",
    `${stack.description.emulatorControlUrl}/faults`,
    { body: { scope: { service: "key-vault", vault }, effect: { kind: "connection-reset" } } },
  );
  if (status >= 300) throw new Error(text);
}
