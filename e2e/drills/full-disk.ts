import type { Drill } from "./drill.ts";

export const fullDisk: Drill = {
  title: "A full disk",
  when: "`BrokerDown` fires, and the log lines contain `SQLITE_FULL`; or an appliance reports `DiskFull` for its own state.",
  undo: "Not needed. Nothing is half written: the broker answers only after a commit is durable.",
  stack: "small-disk",
  run: async (drill) => {
    const { node } = await drill.deliver("full-disk");
    await drill.step(
      "*The disk of `BROKER_DATA_DIR` is full.* The broker neither grants nor refuses unlocks.",
      async () => {
        drill.disk().fill();
        await Promise.resolve();
      },
    );
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await drill.type("broker doctor | grep '✗'");
    await drill.step(
      "Make room: remove files that do not belong to the broker, or grow the disk. Never remove `broker.sqlite-wal`: it contains the last commits. The broker continues by itself.",
      async () => {
        drill.disk().empty();
        await Promise.resolve();
      },
    );
    await drill.step(
      "Check: the doctor finds no problem, an appliance unlocks, and no chain of the audit trail is broken.",
    );
    await drill.type("broker doctor", { show: "last line" });
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.type(
      'broker audit verify --json --database "$BROKER_DATA_DIR/broker.sqlite" | jq --slurp "map(select(.ok | not)) | length"',
    );
  },
};
