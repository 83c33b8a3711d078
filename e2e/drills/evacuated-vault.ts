import { runCampaign } from "./campaign.ts";
import { moveToOwnKey, ownKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";

export const evacuatedVault: Drill = {
  title: "Evacuate a vault",
  when: "A customer gives up a vault, or its administrators are no longer trusted, and its orders must leave it while it still answers.",
  undo: "Run the same campaign in the other direction, as long as the old key is enabled.",
  run: async (stage) => {
    const staged = await stage.deliver("evacuated");
    const { key, principalId } = await moveToOwnKey(stage, staged, "contosoold");
    const target = ownKey(await stage.world.createVault("contosonew"));
    const move = (dryRun = "") =>
      runCampaign(
        stage,
        `{action: {kind: "move", to: {kekUrl: env.NEW, kekVaultResourceID: env.NEW_ID}}, selector: {keyUrl: env.OLD}${dryRun}}`,
      );
    await stage.step(
      "Rehearse everything except the change. Here the new vault does not yet allow the orders' identities.",
    );
    await stage.set({ OLD: key.url, NEW: target.url, NEW_ID: target.vaultId });
    await move(", dryRun: true");
    await stage.step(
      "The customer grants Get, Wrap Key and Unwrap Key in the new vault to each identity.",
      () => target.grant(principalId),
    );
    await move(", dryRun: true");
    await stage.step(
      "Move the orders. Unlocks continue meanwhile and take precedence over the campaign.",
    );
    await move();
    await stage.step("Check whether the old key may be disabled.");
    await stage.type(
      'curl -sS --fail-with-body --header @operator.header --get --data-urlencode "keyUrl=$OLD" \\\n' +
        `  "$BROKER/operator/v1/keyVersions" | jq -c '.value[] | {safeToDisable, currentEnvelopes, staleDevices}'`,
    );
    await stage.step(
      "The customer disables it: `az keyvault key set-attributes --id OLD --enabled false`.",
      () => key.setEnabled(false),
    );
    await stage.step(
      "Check: an appliance that still carries the old envelope unlocks, and gets the new one.",
    );
    await stage.typeAt(
      staged.node,
      "databox-agent unlock --json | jq -c '{outcome, kid, generation}'",
    );
  },
};
