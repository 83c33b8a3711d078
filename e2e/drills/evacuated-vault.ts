import { runCampaign } from "./campaign.ts";
import { moveToOwnKey, ownKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";

export const evacuatedVault: Drill = {
  title: "Evacuate a vault",
  when: "A customer gives up a vault, or its administrators are no longer trusted, and its orders must leave it while it still answers.",
  undo: "Run the same campaign in the other direction, as long as the old key is enabled.",
  run: async (drill) => {
    const staged = await drill.deliver("evacuated");
    const { key, principalId } = await moveToOwnKey(drill, staged, "contosoold");
    const target = ownKey(await drill.world.createVault("contosonew"));
    const move = (dryRun = "") =>
      runCampaign(
        drill,
        `{action: {kind: "move", to: {kekUrl: env.NEW, kekVaultResourceID: env.NEW_ID}}, selector: {keyUrl: env.OLD}${dryRun}}`,
      );
    await drill.step(
      "Rehearse everything except the change. Here the new vault does not yet allow the orders' identities.",
    );
    await drill.set({ OLD: key.url, NEW: target.url, NEW_ID: target.vaultId });
    await move(", dryRun: true");
    await drill.step(
      "The customer grants Get, Wrap Key and Unwrap Key in the new vault to each identity.",
      () => target.grant(principalId),
    );
    await move(", dryRun: true");
    await drill.step(
      "Move the orders. Unlocks continue meanwhile and take precedence over the campaign.",
    );
    await move();
    await drill.step("Check whether the old key may be disabled.");
    await drill.type(
      'curl -sS --fail-with-body --header @operator.header --get --data-urlencode "keyUrl=$OLD" \\\n' +
        `  "$BROKER/operator/v1/keyVersions" | jq -c '.value[] | {safeToDisable, currentEnvelopes, staleDevices}'`,
    );
    await drill.step(
      "The customer disables it: `az keyvault key set-attributes --id OLD --enabled false`.",
      () => key.setEnabled(false),
    );
    await drill.step(
      "Check: an appliance that still carries the old envelope unlocks, and gets the new one.",
    );
    await drill.typeAt(
      staged.node,
      "databox-agent unlock --json | jq -c '{outcome, kid, generation}'",
    );
  },
};
