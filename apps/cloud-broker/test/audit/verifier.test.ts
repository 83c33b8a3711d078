// @module-tag one-engine

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { canonicalJson, chainHash, generateSigningKey, signMessage } from "@databox-cmk/crypto";
import {
  ACTIVITY_HEAD_TYPE,
  activityList,
  type ActivityList,
  ERASURE_CERTIFICATE_TYPE,
  EVIDENCE_FILES,
  PATHS,
} from "@databox-cmk/protocol";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createVerifier } from "../../src/run/verifier/program.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "for-an-auditor";
const MAIN = fileURLToPath(new URL("../../src/run/verifier/main.ts", import.meta.url));
type Files = Record<string, string>;
let world: BrokerWorld;
let files: Files;
let serial: string;
let thumbprint: string;

beforeAll(async () => {
  world = await openBroker();
  const device = await world.delivered(JOB);
  ({ serial } = device);
  for (const action of ["pickUp", "receive", "startCopy", "complete", "erase"])
    await world.operator(action, JOB);
  const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
  const { value, head = "" } = exactly(activityList, json);
  const keys = await world.call("GET", PATHS.ownKeys, { claims: "none" });
  const certificate = value.findLast(({ row }) => row["certificate"] !== undefined)?.row;
  const enrolled = value.find(({ row }) => row["action"] === "enrol")?.row["detail"];
  thumbprint = String((enrolled as { deviceKid?: string }).deviceKid);
  files = {
    [EVIDENCE_FILES.letter]: "To whom it may concern",
    [EVIDENCE_FILES.activity]: value.map((line) => `${JSON.stringify(line)}\n`).join(""),
    [EVIDENCE_FILES.head]: head,
    [EVIDENCE_FILES.keys]: keys.text,
    [EVIDENCE_FILES.certificate]: String(certificate?.["certificate"]),
  };
});
afterAll(() => world[Symbol.asyncDispose]());

let archives = 0;
function pack(changed: Record<string, string | undefined> = {}): string {
  archives += 1;
  const path = join(world.folder, `evidence-${String(archives)}.zip`);
  const parts = Object.entries({ ...files, ...changed }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, strToU8(text)] as const],
  );
  writeFileSync(path, zipSync(Object.fromEntries(parts)));
  return path;
}
/** An archive whose directory says something else about a file. */
function changedEntry(name: string, offset: number, value: number): string {
  const path = pack();
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(value, bytes.lastIndexOf(name) - 46 + offset);
  writeFileSync(path, bytes);
  return path;
}
const DISHONEST: Readonly<Record<string, readonly [number, number]>> = {
  "with a file of another CRC": [16, 1],
  "with a file that is cut off": [20, 100],
  "with a file that unpacks to more than it says": [24, 1],
  "with a file that unpacks to less than it says": [24, 1024 * 1024],
  "with a file that is stored and says that it is shorter": [10, 0],
};
function write(name: string, text: string): string {
  writeFileSync(join(world.folder, name), text);
  return join(world.folder, name);
}

function verify(...words: readonly string[]) {
  const lines: string[] = [];
  const before = process.exitCode;
  try {
    createVerifier((line) => lines.push(line)).parse(words, { from: "user" });
    return { exitCode: Number(process.exitCode ?? 0), text: lines.join("\n") };
  } finally {
    process.exitCode = before;
  }
}

type Entry = ActivityList["value"][number];
const entries = (): Entry[] =>
  (files[EVIDENCE_FILES.activity] ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Entry);
/** Another activity from this row on, with correct hashes. */
function rewritten(from: number): string {
  let hash = "";
  return entries()
    .map(({ sequence, at, row }) => {
      const other = sequence < from ? row : { ...row, correlationId: "forged" };
      hash = chainHash(hash, canonicalJson(other));
      return `${JSON.stringify({ sequence, at, hash, row: other })}\n`;
    })
    .join("");
}
/** By the service, as of an earlier time. */
async function headAt(length: number): Promise<string> {
  const last = entries()[length - 1];
  const said = { chain: last?.row["chain"], length, head: last?.hash, at: last?.at };
  return signMessage(world.keys.signing, ACTIVITY_HEAD_TYPE, said);
}
const payloadOf = (signed = ""): object =>
  JSON.parse(Buffer.from(signed.split(".")[1] ?? "", "base64url").toString()) as object;

const withoutLast = (text: string, count = 1): string =>
  `${text.trimEnd().split("\n").slice(0, -count).join("\n")}\n`;

// Evidence: Evidence without the service.
describe("the archive for an auditor", () => {
  test("proves the activity, its end and the certificate by the keys of the service", () => {
    const { exitCode, text } = verify(pack());
    expect(text).toMatch(/^ok {8}.*for-an-auditor: \d+ rows, head /m);
    expect(text).toContain(`device key of ${serial}: ${thumbprint}`);
    expect(text).toContain(`keys of the service: ${world.keys.signing.kid}`);
    expect(text).toContain("from the package itself: compare");
    expect(text).toMatch(/^signed end: row \d+ at /m);
    expect(text).toMatch(/^valid: .*for-an-auditor was erased at /m);
    expect(exitCode).toBe(0);
  });

  test("is compared with facts from elsewhere", () => {
    const keys = write("saved-keys.json", files[EVIDENCE_FILES.keys] ?? "");
    const told = verify(pack(), "--keys", keys, "--device", `${serial}=${thumbprint}`);
    expect(told.text).not.toContain("from the package itself");
    expect(told.exitCode).toBe(0);
    expect(verify(pack(), "--device", `${serial}=${"A".repeat(43)}`).exitCode).toBe(3);
    const noted = write("noted.jsonl", verify(pack(), "--json").text);
    expect(verify(pack(), "--noted", noted).exitCode).toBe(0);
    const shorter = withoutLast(files[EVIDENCE_FILES.activity] ?? "", 2);
    const early = pack({ [EVIDENCE_FILES.activity]: shorter, [EVIDENCE_FILES.head]: undefined });
    expect(verify(early, "--noted", noted).text).toContain("the chain ends before the noted head");
    const log = write("log.json", JSON.stringify({ records: [] }));
    expect(verify(pack(), "--vault-log", log).text).toContain("vault log 0 uses of the keys");
  });

  test("without its signed end is not wholly proven", () => {
    const archive = pack({ [EVIDENCE_FILES.head]: undefined });
    expect(verify(archive)).toMatchObject({
      exitCode: 6,
      text: expect.stringContaining("NOT PROVEN: the package has no signed end of the activity"),
    });
    expect(verify(archive, "--allow-gaps").exitCode).toBe(0);
  });

  test("proves no row after its signed end, which another archive cannot lend", async () => {
    const head = { [EVIDENCE_FILES.head]: await headAt(1) };
    const later = `NOT PROVEN: nothing signed the last ${String(entries().length - 1)} rows`;
    const forged = { ...head, [EVIDENCE_FILES.activity]: rewritten(2) };
    const told = verify(pack(head));
    expect(told).toMatchObject({ exitCode: 6, text: expect.stringContaining(later) });
    expect(verify(pack(head), "--allow-gaps").exitCode).toBe(0);
    const { exitCode, text } = verify(pack(forged), "--json");
    expect(exitCode).not.toBe(0);
    expect(text).toContain(`"unproven":${String(entries().length - 1)}`);
    const borrowed = verify(pack(), pack({ [EVIDENCE_FILES.activity]: rewritten(1) }));
    expect(borrowed.exitCode).toBe(3);
    expect(borrowed.text).toMatch(/^TAMPERED .*the activity does not have its signed end/m);
    expect(borrowed.text).toMatch(/^TAMPERED .*end that the certificate of erasure names/m);
  });

  test("tells a fault of itself without steering the terminal", async () => {
    const fault = String.raw`Date.parse=()=>{throw new TypeError("x\nok \u001b[2J")}`;
    const words = ["--import", `data:text/javascript,${encodeURIComponent(fault)}`, MAIN, pack()];
    const { stderr } = await promisify(execFile)(process.execPath, words).catch(
      (error: unknown) => error as { stderr: string },
    );
    expect(stderr).toContain("InternalError");
    expect(stderr).not.toMatch(/^ok/m);
    expect(stderr.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  test("cannot forge a line of the verdict", () => {
    const rows = (files[EVIDENCE_FILES.activity] ?? "").trimEnd().split("\n");
    const forged = rows.map((line) => line.replaceAll(JOB, "x\\nok \\u001b[2J\\u009b2J"));
    const { exitCode, text } = verify(pack({ [EVIDENCE_FILES.activity]: forged.join("\n") }));
    expect(text).toMatch(/^TAMPERED /m);
    expect(text).not.toMatch(/^ok /m);
    expect(text).toContain(String.raw`x\u000aok \u001b[2J\u009b2J`);
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(exitCode).toBe(3);
  });

  test("without its certificate has the one of the activity", () => {
    const { exitCode, text } = verify(pack({ [EVIDENCE_FILES.certificate]: undefined }));
    expect(text).toMatch(/^valid: /m);
    expect(exitCode).toBe(0);
  });

  const FORGED: Readonly<Record<string, readonly [() => Promise<Files> | Files, RegExp]>> = {
    "whose last row was cut off": [
      () => ({ [EVIDENCE_FILES.activity]: withoutLast(files[EVIDENCE_FILES.activity] ?? "") }),
      /TAMPERED .*the chain ends before the noted head/,
    ],
    "whose end another key signed": [
      async () => {
        const said = payloadOf(files[EVIDENCE_FILES.head]);
        const { key } = generateSigningKey();
        return { [EVIDENCE_FILES.head]: await signMessage(key, ACTIVITY_HEAD_TYPE, said) };
      },
      /TAMPERED .*no key of the service signed the end of the activity/,
    ],
    "whose end is that of another activity": [
      async () => {
        const said = { chain: "/another", length: 1, head: "x", at: "2026-01-01T00:00:00Z" };
        const { signing } = world.keys;
        return { [EVIDENCE_FILES.head]: await signMessage(signing, ACTIVITY_HEAD_TYPE, said) };
      },
      /TAMPERED .*the signed end is that of another activity/,
    ],
    "whose certificate was changed": [
      () => ({ [EVIDENCE_FILES.certificate]: `${files[EVIDENCE_FILES.certificate] ?? ""}A` }),
      /TAMPERED .*no key of the service signed the certificate of erasure/,
    ],
    "whose certificate is in no row": [
      async () => ({
        [EVIDENCE_FILES.activity]: withoutLast(files[EVIDENCE_FILES.activity] ?? "", 2),
        [EVIDENCE_FILES.head]: await headAt(entries().length - 2),
      }),
      /TAMPERED .*the activity does not have this certificate of erasure/,
    ],
    "whose certificate names a node like a member of each object": [
      async () => {
        const { signing } = world.keys;
        const said = payloadOf(files[EVIDENCE_FILES.certificate]);
        const nodes = [{ serial: "constructor", deviceKey: thumbprint }];
        return {
          [EVIDENCE_FILES.certificate]: await signMessage(signing, ERASURE_CERTIFICATE_TYPE, {
            ...said,
            nodes,
          }),
        };
      },
      /TAMPERED .*node constructor: its certificate names a key that it never enrolled/,
    ],
    "with the keys of someone else": [
      () => ({
        [EVIDENCE_FILES.keys]: JSON.stringify({ keys: [generateSigningKey().key.publicJwk] }),
      }),
      /TAMPERED .*no key of the service signed the certificate of erasure/,
    ],
  };
  test.each(Object.entries(DISHONEST))("%s is no archive", (_name, [offset, value]) => {
    const path = changedEntry(EVIDENCE_FILES.activity, offset, value);
    const detail = `${path} cannot be read as a ZIP archive`;
    expect(() => verify(path)).toThrow(
      expect.objectContaining({ code: "Misuse", detail }) as Error,
    );
  });

  test.each(Object.entries(FORGED))("%s is found", async (_name, [change, words]) => {
    const { exitCode, text } = verify(pack(await change()));
    expect(text).toMatch(words);
    expect(exitCode).toBe(3);
  });

  test.each([
    ["that is no archive", () => write("no.zip", "PK"), "cannot be read as a ZIP archive"],
    ["without its activity", () => pack({ [EVIDENCE_FILES.activity]: undefined }), "no activity"],
    ["without keys", () => pack({ [EVIDENCE_FILES.keys]: '{"keys":[]}' }), "not a JWK Set"],
    [
      "whose activity has another format",
      () => pack({ [EVIDENCE_FILES.activity]: "{}\n" }),
      "cannot be read as an exported activity",
    ],
    [
      "with a part that unpacks to more than a part can have",
      () => pack({ [EVIDENCE_FILES.certificate]: "A".repeat(5 * 1024 * 1024) }),
      "certificate.jws is too long",
    ],
    [
      "with more files than it may have",
      () => pack(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`${at}.txt`, ""]))),
      "it has too many files",
    ],
    [
      "with two files of one name",
      () => {
        const path = pack({ ["keys.jsox"]: "{}" });
        const bytes = readFileSync(path, "latin1").replaceAll("keys.jsox", "keys.json");
        writeFileSync(path, bytes, "latin1");
        return path;
      },
      "two of its files have the same name",
    ],
    [
      "with more keys than a service has",
      () =>
        pack({
          [EVIDENCE_FILES.keys]: JSON.stringify({
            keys: Array.from({ length: 101 }, () => world.keys.signing.publicJwk),
          }),
        }),
      "not a JWK Set",
    ],
    [
      "whose keys repeat a member",
      () => pack({ [EVIDENCE_FILES.keys]: '{"keys":[],' + files[EVIDENCE_FILES.keys]?.slice(1) }),
      "not a JWK Set",
    ],
    ["that has no rows", () => pack({ [EVIDENCE_FILES.activity]: "" }), "has no rows"],
  ])("%s is a mistake of the caller", (_name, make, detail) => {
    expect(() => verify(make())).toThrow(
      expect.objectContaining({
        code: "Misuse",
        detail: expect.stringContaining(detail) as string,
      }) as Error,
    );
  });
});
