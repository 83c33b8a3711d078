import type { Drill } from "./drill.ts";

export const signingKeys: Drill = {
  title: "Rotate the key that signs answers to appliances",
  when: "Once a year, and at once if someone may have read the folder of the broker's keys.",
  undo: "Not needed. A rotation keeps the former key's public half, so its signatures remain valid for appliances that knew it.",
  run: async (drill) => {
    const { node } = await drill.deliver("signing-keys");
    await drill.step(
      "Let the announced key sign, and announce the next one. The command is refused while an appliance does not know the announced key yet.",
    );
    await drill.type("broker keys rotate signing");
    await drill.step(
      "Restart the replicas, one after the other (`kubectl rollout restart deployment/databox-broker`).",
      () => drill.world.stack.restartBroker(),
    );
    await drill.step(
      "Check: an appliance accepts the new key, and learns its successor with the answer.",
    );
    await drill.typeAt(node, "databox-agent unlock");
    await drill.type("broker doctor | grep 'own keys'");
    await drill.step(
      "Only after a theft: appliances that do not contact the broker keep accepting the stolen key. Revoke them, and give each a new device key ([Rotate a compromised device](#rotate-a-compromised-device)).",
    );
  },
};
