import type { Drill } from "./drill.ts";

export const fullDisk: Drill = {
  title: "A full disk",
  when: "`BrokerDown` or `InternalErrors` fires, and the log lines say `SQLITE_FULL`; or an appliance says `DiskFull` of its own state.",
  undo: "Nothing was half written: what could not be made durable was not answered.",
  theatre: "small-disk",
  run: async (stage) => {
    const { node } = await stage.deliver("full-disk");
    await stage.step(
      "*The disk of `BROKER_DATA_DIR` is full.* No unlock is decided, and none is refused.",
      async () => {
        stage.disk().fill();
        await Promise.resolve();
      },
    );
    await stage.typeAt(node, "databox-agent unlock", { exitCode: 1, show: "first line" });
    await stage.type("broker doctor | grep '✗'");
    await stage.step(
      "Make room: remove what is not the broker's, or grow the disk. Never remove `broker.sqlite-wal`: the last commits are in it. The broker " +
        "goes on by itself.",
      async () => {
        stage.disk().empty();
        await Promise.resolve();
      },
    );
    await stage.step(
      "Check: the doctor has nothing to say, an appliance unlocks, no chain of the audit trail is broken.",
    );
    await stage.type("broker doctor", { show: "last line" });
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
    await stage.type(
      'broker audit verify --json --database "$BROKER_DATA_DIR/broker.sqlite" | jq --slurp "map(select(.ok | not)) | length"',
    );
  },
};
