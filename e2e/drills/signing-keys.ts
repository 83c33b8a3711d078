import type { Drill } from "./drill.ts";

export const signingKeys: Drill = {
  title: "Rotate the key that signs answers to appliances",
  when: "Once a year; at once when the folder of the broker's keys may have been read.",
  undo: "None is needed: a rotation leaves the former key's public half, and what it signed is believed by whoever knew it.",
  run: async (stage) => {
    const { node } = await stage.deliver("signing-keys");
    await stage.step(
      "Let the announced key sign, and announce the one after it. This is refused while an appliance does not know the announced key yet.",
    );
    await stage.type("broker keys rotate signing");
    await stage.step(
      "Restart the replicas, one after the other (`kubectl rollout restart deployment/databox-broker`).",
      () => stage.world.stack.restartBroker(),
    );
    await stage.step(
      "Check: an appliance believes the new key, and learns its successor with the answer.",
    );
    await stage.typeAt(node, "databox-agent unlock");
    await stage.type("broker doctor | grep 'own keys'");
    await stage.step(
      "After a theft only: appliances that never ask keep believing the stolen key. Revoke them, and give each a new device key " +
        "([Rotate a compromised device](#rotate-a-compromised-device)).",
    );
  },
};
