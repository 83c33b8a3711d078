// @module-tag one-engine
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  canonicalJson,
  chainHash,
  generateSigningKey,
  messageHash,
  signMessage,
} from "@databox-cmk/crypto";
import { activityList, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { folderFor, LeaseClient, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { verifyAudit } from "./audit-command.ts";

const JOB = "exported";
const MORE_THAN_A_PAGE = 120;
type Line = { sequence: number; at: string; hash: string; row: Record<string, unknown> };

let world: BrokerWorld;
const folder = folderFor(beforeAll);
let whole: readonly Line[];
let thumbprint: string;
let acknowledged: object;
beforeAll(async () => {
  world = await openBroker();
  const device = await world.delivered(JOB);
  thumbprint = device.key.kid;
  const { answer } = await device.unlock("unlock");
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  const receipt = await device.receipt(answer.text, "unlocked");
  if (receipt.kind === "answer") acknowledged = receipt.value;
  const holder = new LeaseClient(device, answer.value.lease);
  await world.call("POST", `${jobPath(JOB)}/revoke?${API}`, { body: { reason: "stolen" } });
  await holder.renew();
  await holder.receipt({ outcome: "relocked", cause: "order" });
  for (let tries = 0; tries < MORE_THAN_A_PAGE; tries += 1) await device.unlock("ingest");
  whole = await exportActivity();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** As the portal exports it: page by page, by the links that the API gives. */
async function exportActivity(): Promise<Line[]> {
  const lines: Line[] = [];
  for (let query: string | undefined = API; query !== undefined;) {
    const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${query}`);
    const page = exactly(activityList, json);
    lines.push(...page.value);
    query = page.nextLink?.split("?")[1];
  }
  return lines;
}

let files = 0;
function write(lines: readonly object[]): string {
  files += 1;
  const path = join(folder.path, `${String(files)}.jsonl`);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}
const verify = (lines: readonly object[], ...more: readonly string[]) =>
  verifyAudit(["--export", write(lines), ...more]);
/** The file that an auditor stores. */
const note = async (lines: readonly object[]) => {
  const path = join(folder.path, "noted.jsonl");
  writeFileSync(path, (await verify(lines, "--json")).lines.join("\n"));
  return ["--noted", path] as const;
};
const at = (position: number): Line => required(whole.at(position));
const without = (position: number) => whole.filter((_, index) => index !== position);
const withRow = (position: number, change: object) =>
  whole.map((line, index) =>
    index === position ? { ...line, row: { ...line.row, ...change } } : line,
  );
/**
 * The strongest attack of a party that holds the database: it writes the chain again, with correct
 * hashes.
 */
function rewritten(position: number, change: object): Line[] {
  let hash = "";
  return withRow(position, change).map((line) => {
    hash = chainHash(hash, canonicalJson(line.row));
    return { ...line, hash };
  });
}
const indexOf = (action: string) => whole.findLastIndex(({ row }) => row["action"] === action);

// Evidence: Exported activity.
test("an activity that was exported over several pages is whole, and its receipts bear their device's signature", async () => {
  expect(whole.length).toBeGreaterThan(MORE_THAN_A_PAGE);
  const { lines, exitCode } = await verify(whole, "--json");
  expect(exitCode).toBe(0);
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      chain: jobPath(JOB).toLowerCase(),
      ok: true,
      length: whole.length,
      head: at(-1).hash,
      // Prepared, unlocked, re-locked.
      receipts: { proven: 3, unproven: 0 },
      devices: { [String(at(indexOf("enrol")).row["serial"])]: thumbprint },
      gaps: [],
    },
  ]);
  expect((await verify(whole)).lines[0]).toContain("receipts signed by their device: 3");
});

test("an acknowledged receipt names the end of the chain, and requests keep their signature", () => {
  const unlocked = at(indexOf("receipt"));
  const { sequence, hash } = unlocked;
  expect(acknowledged).toMatchObject({ extensions: { auditHead: { sequence, hash } } });
  const unlocks = whole.filter(({ row }) => row["action"] === "unlock");
  expect(unlocks.length).toBeGreaterThan(MORE_THAN_A_PAGE);
  for (const { row } of unlocks)
    expect(messageHash(String(row["signed"]))).toBe(row["requestHash"]);
});

describe("an activity with", () => {
  test.each<readonly [string, () => readonly object[], string]>([
    [
      "a changed row",
      () => withRow(7, { outcome: "refused" }),
      "row 8: this row or its hash was altered",
    ],
    ["a row left out", () => without(7), "row 8: a row is missing here, or was moved"],
    ["its beginning left out", () => whole.slice(3), "row 1: a row is missing here, or was moved"],
    [
      "a row twice",
      () => [...whole.slice(0, 8), ...whole.slice(7)],
      "row 9: a row is missing here",
    ],
    [
      "two rows that changed places",
      () => [...whole.slice(0, 7), at(8), at(7), ...whole.slice(9)],
      "row 8: a row is missing here, or was moved",
    ],
    [
      "two rows that changed places and numbers",
      () => [
        ...whole.slice(0, 7),
        { ...at(8), sequence: 8 },
        { ...at(7), sequence: 9 },
        ...whole.slice(9),
      ],
      "row 8: this row or its hash was altered",
    ],
    ["all rows the other way round", () => whole.toReversed(), "row 1: a row is missing here"],
    // Evidence: Offline audit verification.
  ])("%s is found out", async (_name, tamper, text) => {
    const { lines, exitCode } = await verify(tamper());
    expect(exitCode).toBe(3);
    expect(lines).toEqual([expect.stringMatching(/^TAMPERED/)]);
    expect(lines[0]).toContain(text);
  });
});

const texts = () => whole.map((line) => JSON.stringify(line));
const verifyText = (lines: readonly string[], ...more: readonly string[]) => {
  const path = join(folder.path, "lines.jsonl");
  writeFileSync(path, lines.join("\n"));
  return verifyAudit(["--export", path, ...more]);
};

describe("a line of the export that its row's hash does not cover", () => {
  test("shows another time", async () => {
    const lines = whole.map((line) => ({ ...line, at: "2026-01-03T03:04:05.678Z" }));
    expect(await verify(lines)).toMatchObject({ exitCode: 3 });
  });

  test.each<readonly [string, () => readonly string[]]>([
    ["has a member more", () => texts().map((line) => line.replace("{", '{"note":"checked",'))],
    [
      "has a member of its row twice",
      () =>
        texts().map((line) =>
          line.replace('"outcome":"granted"', '"outcome":"refused","outcome":"granted"'),
        ),
    ],
    ["is not there at all: a file without rows", () => []],
  ])("%s", async (_name, lines) => {
    await expect(verifyText(lines())).rejects.toMatchObject({ code: "Misuse" });
  });

  test("holds in the activity of an older version, which real devices signed", async () => {
    const path = join(import.meta.dirname, "../../../../vectors/activity.jsonl");
    const { lines, exitCode } = await verifyAudit(["--export", path, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      length: 33,
      receipts: { proven: 5, unproven: 0 },
      gaps: [],
    });
  });
});

test("the device key that the appliance shows is compared with the one in the activity", async () => {
  const serial = String(at(indexOf("enrol")).row["serial"]);
  const compared = (thumb: string) => verify(whole, "--device", `${serial}=${thumb}`);
  expect(await compared(thumbprint)).toMatchObject({ exitCode: 0 });
  const foreign = await compared(generateSigningKey().key.kid);
  expect(foreign.exitCode).toBe(3);
  expect(foreign.lines[0]).toContain("not the device key that was enrolled or expected");
});

test("a receipt that is missing has its own exit code, unless the auditor accepts gaps", async () => {
  const position = indexOf("receipt");
  let hash = "";
  const lines = without(position).map(({ row, ...line }, index) => {
    const renumbered = { ...row, sequence: index + 1 };
    hash = chainHash(hash, canonicalJson(renumbered));
    return { ...line, sequence: index + 1, hash, row: renumbered };
  });
  const more = [...lines];
  const last = required(lines.at(-1));
  const time = "2026-01-02T05:04:05.678Z";
  const later = { ...last.row, sequence: last.sequence + 1, at: time };
  more.push({
    sequence: later.sequence,
    at: time,
    hash: chainHash(last.hash, canonicalJson(later)),
    row: later,
  });
  const { lines: said, exitCode } = await verify(more);
  expect(exitCode).toBe(6);
  expect(said.join("\n")).toMatch(/NOT PROVEN: row \d+ \(.*\): the device never reported/);
  expect(await verify(more, "--allow-gaps")).toMatchObject({ exitCode: 0 });
});

test("text of a forged row neither adds a line nor steers the terminal, and --json stays JSON", async () => {
  const chain = "x\nok \u001b[2J\u009b2J\u202eko";
  const forged = whole.map((line) => ({ ...line, row: { ...line.row, chain } }));
  const { lines } = await verify(forged);
  const shown = String.raw`x\u000aok \u001b[2J\u009b2J\u202eko`;
  expect(lines).toEqual([`TAMPERED  ${shown}: row 1: this row or its hash was altered`]);
  const { lines: json } = await verify(forged, "--json");
  expect(json).toEqual([expect.not.stringMatching(/[\p{Cc}\p{Cf}]/u)]);
  expect(JSON.parse(json.join())).toMatchObject({ chain, fault: "altered" });
});

describe("against a head that was noted before", () => {
  test("a chain that has only grown is whole", async () => {
    const noted = await note(whole.slice(0, 20));
    expect(await verify(whole, ...noted)).toMatchObject({ exitCode: 0 });
    expect(await verify(whole.slice(0, 20), ...noted)).toMatchObject({ exitCode: 0 });
  });

  // Evidence: Offline audit verification.
  test("one that was cut off at its end, or rewritten with good hashes, is found out", async () => {
    const noted = await note(whole.slice(0, 20));
    const cut = await verify(whole.slice(0, 19), ...noted);
    expect(cut).toMatchObject({ exitCode: 3 });
    expect(cut.lines[0]).toContain("row 20: the chain ends before the noted head");
    const anew = rewritten(1, { reason: "a forged reason" });
    expect(await verify(anew)).toMatchObject({ exitCode: 0 });
    expect(await verify(anew, ...noted)).toMatchObject({ exitCode: 3 });
  });

  test("one that was rewritten under another name is refused, as is a file without any head", async () => {
    const [option, path] = await note(whole.slice(0, 20));
    let hash = "";
    const renamed = whole.map(({ row, ...line }) => {
      const other = {
        ...row,
        chain: `${String(row["chain"])}x`,
        signed: undefined,
        deviceKey: undefined,
      };
      hash = chainHash(hash, canonicalJson(other));
      return { ...line, hash, row: other };
    });
    expect(await verify(renamed)).toMatchObject({ exitCode: 6 });
    const refused = { code: "Misuse", detail: expect.stringContaining("no head of") };
    await expect(verify(renamed, option, path)).rejects.toMatchObject(refused);
    await expect(verify(whole, option, write([]))).rejects.toMatchObject(refused);
  });

  test("an empty file of noted heads is refused", async () => {
    await expect(verify(whole, "--noted", write([{ chain: 1 }]))).rejects.toMatchObject({
      code: "Misuse",
    });
  });
});

// Evidence: Signed receipts.
describe("an attacker who holds the database and rewrites the chain cannot forge a statement of a device", () => {
  test.each<readonly [string, string, (row: Record<string, unknown>) => object]>([
    [
      "that it closed",
      "lease/relocked",
      ({ detail }) => ({ detail: { ...Object(detail), cause: "outage" } }),
    ],
    [
      "that it closed another lease",
      "lease/relocked",
      ({ detail }) => ({
        detail: { ...Object(detail), leaseId: "00000000-0000-4000-8000-000000000000" },
      }),
    ],
    ["that it answered a drill", "lease/relocked", () => ({ action: "lease/drilled" })],
    [
      "that it failed",
      "receipt",
      ({ detail }) => ({ detail: { ...Object(detail), outcome: "failed" } }),
    ],
    [
      "anything by a message that it never signed",
      "receipt",
      ({ signed }) => ({ signed: `${String(signed).slice(0, -4)}AAAA` }),
    ],
  ])("%s", async (_name, action, change) => {
    const position = indexOf(action);
    const { lines, exitCode } = await verify(rewritten(position, change(at(position).row)));
    expect(exitCode).toBe(3);
    expect(lines[0]).toContain(
      `row ${String(position + 1)}: the device did not sign what this row says`,
    );
  });

  // Evidence: Signed receipts.
  test("with another device's receipt in the place of its own", async () => {
    const [prepared, unlocked] = whole.filter(({ row }) => row["action"] === "receipt");
    const { signed, requestHash } = prepared?.row ?? {};
    const position = indexOf("receipt");
    expect(unlocked).toBe(at(position));
    const swapped = rewritten(position, { signed, requestHash });
    expect(await verify(swapped)).toMatchObject({ exitCode: 3 });
  });

  test("with a key that is a node's for a few rows, which no replaced device explains", async () => {
    const { key } = generateSigningKey();
    const enrolled = at(indexOf("enrol")).row;
    const receipt = at(indexOf("receipt")).row;
    const [, payload = ""] = String(receipt["signed"]).split(".");
    const said: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    const signed = await signMessage(key, MESSAGE_TYPES.receipt, Object(said));
    const forged = [
      { ...enrolled, deviceKey: key.publicJwk },
      { ...receipt, signed, requestHash: messageHash(signed) },
      enrolled,
    ];
    let hash = "";
    const lines = whole.map((line, index) => {
      const { chain, sequence } = line.row;
      const row = {
        ...(forged[index - whole.length + forged.length] ?? line.row),
        chain,
        sequence,
      };
      hash = chainHash(hash, canonicalJson(row));
      return { ...line, hash, row };
    });
    const { lines: found, exitCode } = await verify(lines);
    expect(exitCode).toBe(3);
    expect(found[0]).toContain("this is not the device key that was enrolled or expected");
  });

  test("without its signature", async () => {
    const position = indexOf("lease/relocked");
    const { lines, exitCode } = await verify(rewritten(position, { signed: undefined }));
    expect(exitCode).toBe(3);
    expect(lines[0]).toContain("the device's signature is missing");
  });
});
