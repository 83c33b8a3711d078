import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { Drill } from "./drill.ts";
import { startAgain } from "./restored-broker.ts";

export const olderThanDevice: Drill = {
  title: "Unlock an appliance that is newer than the restored database",
  when: "After a restore an appliance reports `EnvelopeMismatch` or `GenerationRollback`. Since the backup, its volume got another unlock key, or its order got another key. Only the appliance has the envelope that opens it.",
  undo: "Nothing is lost: the former envelope stays in the database, and you can put the appliance's current envelope again at any time.",
  run: async (drill) => {
    const used = await drill.deliver("used-since");
    const { node } = await drill.deliver("rekeyed-since");
    await drill.step(
      "*A backup is made. After it, one appliance is used and another one is rekeyed.*",
    );
    await drill.type('export BACKUP="$HOME/before-rekey"');
    await drill.type('mkdir "$BACKUP" && broker export "$BACKUP/broker.ndjson" 2>/dev/null');
    await drill.typeAt(used.node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(node, "databox-agent rekey", { show: "first line" });
    await drill.step("*The database is lost, and the backup is restored.*", async () => {
      const { stack } = drill.world;
      await stack.broker().kill();
      await rm(stack.brokerEnvironment["BROKER_DATA_DIR"] ?? "", { recursive: true });
    });
    await drill.type('broker import "$BACKUP/broker.ndjson" 2>/dev/null');
    await startAgain(drill);
    await drill.step(
      "The appliance that was only used unlocks as before. The rekeyed appliance gets an error, and no volume is locked.",
    );
    await drill.typeAt(used.node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 5, show: "first line" });
    await drill.step(
      "Have `/var/lib/databox-agent/envelope.jws` of that appliance sent to you, by any channel: this broker signed it, and it opens nothing without the vault. Put it in force again. The broker may serve meanwhile.",
    );
    await drill.set({ ENVELOPE: join(node.stateDir, "envelope.jws") });
    await drill.type('broker restore-envelope "$ENVELOPE"');
    await drill.step(
      "Check: the appliance unlocks, and the portal shows the passkey that opens it.",
    );
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};
