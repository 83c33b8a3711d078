import { createTransport } from "@databox-cmk/local-stack";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import { moveToOwnKey, ownKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";
import type { Stage } from "./stage.ts";

export const lostRegion: Drill = {
  title: "Lose the region of a customer's vault",
  when:
    "A vault does not answer and will not for long, and its orders have a backup key in another region ([backup-keys.md](../customer/backup-keys.md)). " +
    "After fifteen minutes of silence the backup stands in by itself; this is for not waiting, and for leaving the lost vault. " +
    "If the region was the broker's, restore it elsewhere first (above), under the same `BROKER_URL`.",
  undo: "`DELETE …/backupKeys/west/use` ends the order to use the backup; the key in force is asked first all the time.",
  run: async (stage) => {
    const staged = await stage.deliver("lost-region");
    const { key, principalId } = await moveToOwnKey(stage, staged, "contosoeast");
    const west = ownKey(await stage.world.createVault("contosowest"));
    await west.grant(principalId);
    const variables = {
      ORDER: staged.order.id,
      EAST: key.url,
      WEST: west.url,
      WEST_ID: west.vaultId,
    };
    const url = '"$ARM$ORDER/backupKeys/west?api-version=2025-07-01"';
    await stage.step(
      "Before, while all is well, the order's owner adds the key in the west as a backup.",
    );
    await stage.type(
      `jq -n '{kind: "Vault", kekUrl: env.WEST, kekVaultResourceID: env.WEST_ID, identityProperties: {type: "SystemAssigned"}}' |\n` +
        `  curl -sS --fail-with-body --header @owner.header --json @- -X PUT ${url} | jq -c '{name, kind, kid}'`,
      { variables },
    );
    await stage.step("*The east is lost.* Appliances say so, and that nobody has refused.", () =>
      loseVault(stage, key.vaultName),
    );
    await stage.typeAt(staged.node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await stage.step("The order's owner lets the backup stand in now.");
    await stage.type(
      `curl -sS --fail-with-body --header @owner.header --json '{"reason": "region lost, incident 4711", "hours": 24}' \\\n` +
        `  "$ARM$ORDER/backupKeys/west/use?api-version=2025-07-01" | jq -c "{name, kid}"`,
      { variables },
    );
    await stage.typeAt(staged.node, "databox-agent unlock");
    await stage.step("Leave the lost vault for good: move its orders to the key in the west.");
    await stage.type(
      'broker campaign start --broker "$BROKER" --ca-file "$EXTRA_CA_FILE" --token-file operator.token --with-key "$EAST" --move-to-key "$WEST" --vault-id "$WEST_ID" --wait',
      { variables },
    );
    await stage.step("Check: the appliance unlocks by the key in the west.");
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
