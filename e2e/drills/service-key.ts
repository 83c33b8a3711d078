import { createAzureClients } from "@databox-cmk/local-stack";

import { runCampaign } from "./campaign.ts";
import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";

export const serviceKey: Drill = {
  title: "Rotate the service's own key",
  when: "Once a year, and when a person who could use the key has left. It wraps the orders without a customer-managed key.",
  undo: "Enable the old version again. Orders that have moved no longer need it.",
  run: async (drill) => {
    const { node } = await drill.deliver("service-key");
    await drill.step(
      "Make a new version: `az keyvault key rotate --vault-name VAULT --name service-key`. New orders use it from now on.",
      () => rotateServiceKey(drill),
    );
    await drill.step("Move the existing orders.");
    await runCampaign(drill, '{action: {kind: "rotate"}, selector: {keyUrl: env.SERVICE_KEY_URL}}');
    await drill.step(
      "Check which versions may be disabled. Disable first, and delete a month later.",
    );
    await drill.type(
      'curl -sS --fail-with-body --header @operator.header --get --data-urlencode "keyUrl=$SERVICE_KEY_URL" \\\n' +
        `  "$BROKER/operator/v1/keyVersions" | jq -c '.value[] | {kid, safeToDisable, currentEnvelopes}'`,
    );
    await drill.step(
      "Disable the old version: `az keyvault key set-attributes --id OLD --enabled false`.",
      () => disableOldVersions(drill),
    );
    await drill.step("Check: an appliance that was in transit all the time unlocks.");
    await drill.typeAt(node, "databox-agent unlock");
  },
};

async function withServiceKey(
  { world: { stack } }: DrillStack,
  act: (
    keys: ReturnType<ReturnType<typeof createAzureClients>["keys"]>,
    name: string,
  ) => Promise<void>,
): Promise<void> {
  const url = new URL(stack.brokerEnvironment["SERVICE_KEY_URL"] ?? "");
  using clients = createAzureClients(
    stack.description,
    stack.caPem,
    stack.directory.client("Owner"),
  );
  await act(clients.keys(url.origin), url.pathname.split("/")[2] ?? "");
}

const rotateServiceKey = (drill: DrillStack) =>
  withServiceKey(drill, async (keys, name) => {
    await keys.rotateKey(name);
  });

const disableOldVersions = (drill: DrillStack) =>
  withServiceKey(drill, async (keys, name) => {
    const { properties } = await keys.getKey(name);
    for await (const { version } of keys.listPropertiesOfKeyVersions(name))
      if (version !== undefined && version !== properties.version)
        await keys.updateKeyProperties(name, version, { enabled: false });
  });
