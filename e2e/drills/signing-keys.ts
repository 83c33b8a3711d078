import type { Drill } from "./drill.ts";

export const signingKeys: Drill = {
  title: "Rotate the key that signs answers to appliances",
  when: "Once a year, and at once if someone may have read the folder of the broker's keys.",
  undo: "Not needed. A rotation keeps the former key's public half, so its signatures remain valid for appliances that knew it.",
  run: async (stage) => {
    const { node } = await stage.deliver("signing-keys");
    await stage.step(
      "Let the announced key sign, and announce the next one. The command is refused while an appliance does not know the announced key yet.",
    );
    await stage.type("broker keys rotate signing");
    await stage.step(
      "Restart the replicas, one after the other (`kubectl rollout restart deployment/databox-broker`).",
      () => stage.world.stack.restartBroker(),
    );
    await stage.step(
      "Check: an appliance accepts the new key, and learns its successor with the answer.",
    );
    await stage.typeAt(node, "databox-agent unlock");
    await stage.type("broker doctor | grep 'own keys'");
    await stage.step(
      "Only after a theft: appliances that do not contact the broker keep accepting the stolen key. Revoke them, and give each a new device key ([Rotate a compromised device](#rotate-a-compromised-device)).",
    );
  },
};
