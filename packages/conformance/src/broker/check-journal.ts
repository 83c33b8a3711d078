import { DEVICE_ROUTES, type JournalRow, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type ExchangeAnswer, journalOf } from "@databox-cmk/testkit";

import { type BrokerWorld, checkForeign, send, unless, type Verb } from "./broker-world.ts";

const broken = (reason: string) => ({ code: "JournalBroken", reason });

/** The delivery of a node's journal. */
export async function checkJournal(world: BrokerWorld): Promise<void> {
  const { run, device } = world;
  const suite = "journal";
  const { denial, journalHead } = MESSAGE_TYPES;
  const rows = journalOf(["a", "b", "c", "d", "e"]);
  const verb = (delivered: readonly JournalRow[]): Verb => ({
    suite,
    path: DEVICE_ROUTES.journal,
    type: MESSAGE_TYPES.journal,
    payload: () => ({ ...device.next(), rows: delivered }),
  });
  const deliver = (delivered: readonly JournalRow[]): Promise<ExchangeAnswer> =>
    send(world, verb(delivered));
  const head = (sequence: number) => ({ sequence, hash: rows[sequence - 1]?.hash });
  await checkForeign(world, verb(rows.slice(0, 2)), { countsCounter: false });
  await run(suite, "signs the last row that it has", async () =>
    unless(await deliver(rows.slice(0, 2)), journalHead, head(2)),
  );
  await run(suite, "takes a page again", async () =>
    unless(await deliver(rows.slice(0, 2)), journalHead, head(2)),
  );
  await run(suite, "a gap: JournalBroken", async () =>
    unless(await deliver(rows.slice(3)), denial, broken("gap")),
  );
  await run(suite, "a fork: JournalBroken", async () => {
    const other = journalOf(["another"], rows.slice(0, 1)).slice(1);
    return unless(await deliver(other), denial, broken("fork"));
  });
  await run(suite, "a row that was changed: DeviceMessageMalformed", async () => {
    const changed = rows.slice(2).map((row) => ({ ...row, event: "z" }));
    return unless(await deliver(changed), denial, { code: "DeviceMessageMalformed" });
  });
  await run(suite, "no row: DeviceMessageMalformed", async () =>
    unless(await deliver([]), denial, { code: "DeviceMessageMalformed" }),
  );
  await run(suite, "two rows in one place at once: at most one is taken", async () => {
    const [own, other] = [rows.slice(2, 3), journalOf(["other"], rows.slice(0, 2)).slice(2)];
    const answers = await Promise.all([deliver(own), deliver(other)]);
    const taken = answers.filter(({ typ }) => typ === journalHead).length;
    return taken <= 1 ? undefined : "both were taken";
  });
}
