import { rm } from "node:fs/promises";

import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { startAgain } from "./restored-broker.ts";

export const backupSqlite: Drill = {
  title: "Back up and restore, with SQLite",
  when: "Back up each hour and before each upgrade. Restore when the machine, its disk or the database is lost.",
  undo: "The restore does not change the backup. Until the broker starts, remove the new folders to undo the restore.",
  run: async (drill) => {
    const { node } = await drill.deliver("backed-up");
    await drill.step(
      "Back up while the broker serves: a file for the database (wrapped keys, the audit trail), and a folder for the broker's own keys.",
    );
    await drill.type('mkdir "$BACKUP" && broker export "$BACKUP/broker.ndjson" 2>/dev/null');
    await drill.type('cp -a "$BROKER_KEYS_DIR" "$BACKUP/keys"');
    await drill.step("*The machine is lost with all its data.*", () => loseMachine(drill));
    await drill.step(
      "On a new machine, restore the keys, then restore the database into an empty folder.",
    );
    await drill.type('cp -a "$BACKUP/keys" "$BROKER_KEYS_DIR"');
    await drill.type('broker import "$BACKUP/broker.ndjson" 2>/dev/null');
    await startAgain(drill);
    await drill.step(
      "Check: no chain of the audit trail is broken, the doctor finds no problem, and an appliance unlocks.",
    );
    await drill.type(
      'broker audit verify --json --database "$BROKER_DATA_DIR/broker.sqlite" | jq --slurp "map(select(.ok | not)) | length"',
    );
    await drill.type("broker doctor", { show: "last line" });
    await drill.typeAt(node, "databox-agent unlock");
  },
};

async function loseMachine({ world: { stack } }: DrillStack): Promise<void> {
  const { BROKER_DATA_DIR = "", BROKER_KEYS_DIR = "" } = stack.brokerEnvironment;
  await stack.broker().kill();
  for (const folder of [BROKER_DATA_DIR, BROKER_KEYS_DIR]) await rm(folder, { recursive: true });
}
