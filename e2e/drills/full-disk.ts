import type { Drill } from "./drill.ts";

export const fullDisk: Drill = {
  title: "A full disk",
  when: "`BrokerDown` fires, and the log lines contain `SQLITE_FULL`; or an appliance reports `DiskFull` for its own state.",
  undo: "Not needed. Nothing is half written: the broker answers only after a commit is durable.",
  theatre: "small-disk",
  run: async (stage) => {
    const { node } = await stage.deliver("full-disk");
    await stage.step(
      "*The disk of `BROKER_DATA_DIR` is full.* The broker neither grants nor refuses unlocks.",
      async () => {
        stage.disk().fill();
        await Promise.resolve();
      },
    );
    await stage.typeAt(node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await stage.type("broker doctor | grep '✗'");
    await stage.step(
      "Make room: remove files that do not belong to the broker, or grow the disk. Never remove `broker.sqlite-wal`: it contains the last commits. The broker continues by itself.",
      async () => {
        stage.disk().empty();
        await Promise.resolve();
      },
    );
    await stage.step(
      "Check: the doctor finds no problem, an appliance unlocks, and no chain of the audit trail is broken.",
    );
    await stage.type("broker doctor", { show: "last line" });
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
    await stage.type(
      'broker audit verify --json --database "$BROKER_DATA_DIR/broker.sqlite" | jq --slurp "map(select(.ok | not)) | length"',
    );
  },
};
