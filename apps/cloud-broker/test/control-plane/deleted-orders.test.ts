import { writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  canonicalJson,
  chainHash,
  importVerifyKey,
  messageHash,
  verifyMessage,
} from "@databox-cmk/crypto";
import { ACTIVITY_HEAD_TYPE, activityHead, activityList } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { nextAuditRow } from "../../src/audit/audit-row.ts";
import { verifyAuditStore } from "../../src/audit/verify-audit.ts";
import { foldOrderId } from "../../src/core/order.ts";
import { verifyCertificate } from "../../src/orders/verify-certificate.ts";
import { verifyAudit } from "../audit/audit-command.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath, minimalJob } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "deleted-order";
let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

const call = (method: string, what: string, body?: object) => {
  const [path = "", query = ""] = what.split("?");
  return world.call(method, `${jobPath(JOB)}${path}?${API}&${query}`, body && { body });
};
const readActivity = async (query = "") =>
  exactly(activityList, (await call("GET", `/activity?${query}`)).json);
const actionsOf = async (query = "") =>
  (await readActivity(query)).value.map(({ row }) => row["action"]);
const verifyBoth = (first: string, second: string, ...more: readonly string[]) =>
  verifyAudit(["--export", first, "--export", second, "--allow-gaps", ...more]);
const place = async () => expect((await call("PUT", "", minimalJob())).status).toBe(202);
const endOrder = async () => {
  expect((await call("POST", "/cancel", { reason: "not needed" })).status).toBe(204);
  expect((await call("DELETE", "")).status).toBe(202);
};

const hashed = (row: Record<string, unknown>, before: string) => ({
  sequence: Number(row["sequence"]),
  at: String(row["at"]),
  hash: chainHash(before, canonicalJson(row)),
  row,
});

// Evidence: Evidence of a deleted order.
describe("an order that was deleted", () => {
  test("keeps its activity and its certificate for those who may read its group", async () => {
    await world.delivered(JOB);
    for (const action of ["pickUp", "receive", "startCopy", "complete", "erase"])
      expect((await world.operator(action, JOB)).status).toBe(200);
    const { json: before } = await call("GET", "/erasureCertificate");
    expect((await call("DELETE", "")).status).toBe(202);
    expect((await call("GET", "")).status).toBe(404);
    expect((await actionsOf()).slice(-2)).toEqual(["order/delete", "key/destroy"]);
    expect((await call("GET", "/erasureCertificate")).json).toEqual(before);
    const pdf = await call("GET", "/erasureCertificate/pdf");
    expect([pdf.status, pdf.headers["content-type"]]).toEqual([200, "application/pdf"]);
    const stranger = await world.call("GET", `${jobPath(JOB)}/activity?${API}`, {
      claims: { roles: [] },
    });
    expect(stranger.status).toBe(403);
  });

  test("shares no row with an order that gets its name, which names the end of its chain", async () => {
    const former = await readActivity();
    const last = former.value.at(-1);
    await place();
    expect(await actionsOf()).toEqual(["order/create", "key/change"]);
    const [created] = (await readActivity()).value;
    expect(created?.row["detail"]).toMatchObject({
      former: 1,
      formerLength: last?.sequence,
      formerHead: last?.hash,
    });
    expect((await readActivity("deleted=1")).value).toEqual(former.value);
    expect((await call("GET", "/erasureCertificate")).json.error.code).toBe("OrderStageForbids");
    expect((await call("GET", "/erasureCertificate?deleted=1")).status).toBe(200);
    for (const query of ["deleted=2", "deleted=none"])
      expect((await call("GET", `/activity?${query}`)).status).toBeGreaterThanOrEqual(400);
  });

  test("is one of several, each with its number, and all of their chains hold", async () => {
    await endOrder();
    const pending = { order_id: foldOrderId(jobPath(JOB)), day_ms: 0, seed: "s", calls: 7 };
    await world.store().insertInto("vault_uses").values(pending).execute();
    await place();
    // Calls that were not written down yet are those of the deleted order.
    expect(await actionsOf()).toEqual(["order/create", "key/change"]);
    expect(await actionsOf("deleted=2")).toContain("order/cancel");
    const last = (await readActivity("deleted=2")).value.at(-1)?.row;
    const detail = { day: "1970-01-01", calls: 7, series: "s:7" };
    expect(last).toMatchObject({ action: "key/uses", outcome: "done", detail });
    expect(last).not.toHaveProperty("vaultRequestIds");
    expect(await world.store().selectFrom("vault_uses").selectAll().execute()).toEqual([]);
    const verdicts = await verifyAuditStore(world.store());
    expect([...verdicts.keys()].filter((chain) => chain.includes(JOB))).toHaveLength(3);
    for (const verdict of verdicts.values()) expect(verdict).toMatchObject({ ok: true });
  });

  test("is found by a head that was noted before it was deleted", async () => {
    const chain = jobPath(JOB).toLowerCase();
    const verdict = (await verifyAuditStore(world.store())).get(chain);
    if (verdict?.ok !== true) throw new Error(JSON.stringify(verdict));
    const noted = new Map([[chain, [verdict]]]);
    await endOrder();
    await place();
    const later = await verifyAuditStore(world.store(), noted);
    expect(later.get(chain)).toMatchObject({ ok: true });
    const forged = new Map([[chain, [{ ...verdict, head: messageHash("another") }]]]);
    expect((await verifyAuditStore(world.store(), forged)).get(chain)).toMatchObject({
      fault: "not-as-noted",
    });
  });

  test("is verified beside its successor: each export counts, and a device or head needs one of them", async () => {
    const write = (name: string, rows: readonly object[]) => {
      const path = join(world.folder, name);
      writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      return path;
    };
    const rows = (await readActivity("deleted=1")).value;
    const former = write("former.jsonl", rows);
    const { value: whole } = await readActivity();
    const present = write("present.jsonl", whole);
    const altered = write("altered.jsonl", rows.toSpliced(2, 1));
    for (const [one, other] of [
      [altered, present],
      [present, altered],
    ] as const) {
      const { exitCode, lines: told } = await verifyBoth(one, other);
      expect(exitCode).toBe(3);
      expect(told.join("\n")).toContain(`(${altered}): row 3: a row is missing here`);
    }
    const { lines: said } = await verifyBoth(former, present, "--json");
    const [old = "", young = ""] = said;
    const { devices } = JSON.parse(old) as { devices: Record<string, string> };
    const [[serial, thumbprint] = []] = Object.entries(devices);
    const device = ["--device", `${String(serial)}=${String(thumbprint)}`];
    expect((await verifyBoth(present, former, ...device)).exitCode).toBe(0);
    expect(
      (await verifyBoth(present, former, "--device", `else=${String(thumbprint)}`)).exitCode,
    ).toBe(3);
    const noted = ["--noted", join(world.folder, "both.jsonl")];
    for (const heads of [[old], [young], [old, young]]) {
      writeFileSync(join(world.folder, "both.jsonl"), heads.join("\n"));
      expect((await verifyBoth(former, present, ...noted)).exitCode).toBe(0);
    }
    const cut = write("cut.jsonl", whole.slice(0, -1));
    expect((await verifyBoth(former, cut, ...noted)).exitCode).toBe(3);
    expect((await verifyBoth(present, cut, ...noted)).exitCode).toBe(3);
    const second = write("second.jsonl", (await readActivity("deleted=2")).value);
    expect((await verifyBoth(former, second)).exitCode).toBe(0);
    // An export from before the deletion is a beginning of the former's activity.
    const begun = write("begun.jsonl", rows.slice(0, -2));
    const isEarly = expect.stringMatching(
      /^ {2}NOT PROVEN: row 1: the export of the deleted order/,
    );
    expect(await verifyBoth(begun, second)).toEqual({
      exitCode: 0,
      lines: expect.arrayContaining([isEarly]),
    });
    const three = await verifyBoth(begun, second, "--export", former);
    expect(three.exitCode).toBe(0);
    expect(three.lines).not.toContainEqual(isEarly);
    expect((await verifyBoth(begun, present)).exitCode).toBe(0);
    const changed = { ...rows[2]?.row, correlationId: "another" };
    const forged = write("forged.jsonl", [
      ...rows.slice(0, 2),
      hashed(changed, rows[1]?.hash ?? ""),
    ]);
    const next = { ...changed, sequence: rows.length + 1 };
    const longer = write("longer.jsonl", [...rows, hashed(next, rows.at(-1)?.hash ?? "")]);
    for (const [other, ...more] of [[forged, "--export", former], [longer]] as const) {
      const { exitCode, lines: told } = await verifyBoth(other, second, ...more);
      expect(exitCode).toBe(3);
      expect(told.join("\n")).toContain(
        `(${second}): row 1: the activity of the deleted order does not end`,
      );
    }
  });

  test("has the end that its successor names: one row more or less is found", async () => {
    const name = jobPath(JOB).toLowerCase();
    const store = world.store();
    const verdictOf = async (chain: string) => (await verifyAuditStore(store)).get(chain);
    const named = { ok: false, sequence: 1, fault: "not-its-former" };
    const former = await verdictOf(`${name}#3`);
    if (former?.ok !== true) throw new Error(JSON.stringify(former));
    expect(await verdictOf(name)).toMatchObject({ ok: true });
    const last = { sequence: former.length, hash: former.head };
    const more = nextAuditRow(
      name,
      last,
      { action: "key/health", actor: { kind: "broker" }, outcome: "done", correlationId: "" },
      world.clock.nowMs,
    );
    const { sequence, rowJson, hash } = more;
    const values = { chain: `${name}#3`, sequence, row_json: rowJson, hash, at_ms: 0 };
    await store.insertInto("audit").values(values).execute();
    expect(await verdictOf(`${name}#3`)).toMatchObject({ ok: true });
    expect(await verdictOf(name)).toMatchObject(named);
    const cut = (from: number) =>
      store
        .deleteFrom("audit")
        .where("chain", "=", `${name}#3`)
        .where("sequence", ">=", from)
        .execute();
    await cut(sequence);
    expect(await verdictOf(name)).toMatchObject({ ok: true });
    await cut(former.length);
    expect(await verdictOf(name)).toMatchObject(named);
  });

  test("that never existed has no activity, also after a refused attempt to make it", async () => {
    const path = jobPath("never-made");
    await world.call("PUT", `${path}?${API}`, { body: { ...minimalJob(), location: "" } });
    expect((await world.call("GET", `${path}/activity?${API}`)).status).toBe(404);
  });
});

test("a page of the activity has the signed end of the chain, which verifies as a noted head", async () => {
  const { value, head = "" } = await readActivity();
  const key = importVerifyKey(world.keys.signing.publicJwk);
  const said = activityHead.parse(verifyMessage(head, key, ACTIVITY_HEAD_TYPE));
  expect(said).toMatchObject({
    chain: jobPath(JOB).toLowerCase(),
    length: value.length,
    head: value.at(-1)?.hash,
  });
  const exported = join(world.folder, "activity.jsonl");
  const noted = join(world.folder, "noted.jws");
  writeFileSync(exported, value.map((line) => JSON.stringify(line)).join("\n"));
  writeFileSync(noted, `${head}\n`);
  const words = ["--export", exported, "--noted", noted];
  expect((await verifyAudit(words)).exitCode).toBe(0);
  writeFileSync(
    exported,
    value
      .slice(0, -1)
      .map((line) => JSON.stringify(line))
      .join("\n"),
  );
  expect((await verifyAudit(words)).exitCode).toBe(3);
});

test("a certificate is in the activity, and names the end of it", async () => {
  const job = "erased-later";
  const device = await world.delivered(job);
  for (const action of ["pickUp", "receive", "startCopy", "complete", "erase"])
    await world.operator(action, job);
  const rows = await world.audit(jobPath(job).toLowerCase());
  const at = rows.findIndex(({ action }) => action === "order/erase");
  const certificate = String(rows[at]?.["certificate"]);
  const statement = verifyCertificate(certificate, [world.keys.signing.publicJwk]);
  expect(statement).toMatchObject({ activity: { length: at }, revision: 1 });
  expect(device.serial).toBe(statement?.nodes?.[0]?.serial);
});
