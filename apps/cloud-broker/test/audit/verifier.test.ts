// @module-tag one-engine

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { generateSigningKey, signMessage } from "@databox-cmk/crypto";
import { ACTIVITY_HEAD_TYPE, activityList, EVIDENCE_FILES, PATHS } from "@databox-cmk/protocol";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createVerifier } from "../../src/run/verifier/program.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "for-an-auditor";
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
        const [, payload = ""] = (files[EVIDENCE_FILES.head] ?? "").split(".");
        const said = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
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
    "with the keys of someone else": [
      () => ({
        [EVIDENCE_FILES.keys]: JSON.stringify({ keys: [generateSigningKey().key.publicJwk] }),
      }),
      /TAMPERED .*no key of the service signed the certificate of erasure/,
    ],
  };
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
      "with more files than one can look at",
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
