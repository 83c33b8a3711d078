// @module-tag one-engine

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  decodePDFRawStream,
  PDFDocument,
  type PDFPage,
  PDFRawStream,
  StandardFonts,
} from "@cantoo/pdf-lib";
import { generateSigningKey, signMessage, type SigningKey } from "@databox-cmk/crypto";
import {
  ERASURE_CERTIFICATE_TYPE,
  type ErasureStatement,
  MESSAGE_TYPES,
  type Sanitisation,
} from "@databox-cmk/protocol";
import { openTemporaryFolder, required } from "@databox-cmk/testkit";
import { Command } from "commander";
import { afterAll, afterEach, describe, expect, it } from "vitest";

import { CERTIFICATE_MAX_BYTES } from "../src/orders/verify-certificate.ts";
import { addCertificateCommand } from "../src/run/commands/add-certificate-command.ts";

const folder = openTemporaryFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
afterEach(() => {
  process.exitCode = undefined;
});

const { key } = generateSigningKey();
const { key: other } = generateSigningKey();
const { key: device } = generateSigningKey();
const ORDER =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/demo/providers/microsoft.databox/jobs/order-1";
const STATEMENT: ErasureStatement = {
  order: ORDER,
  sku: "DataBox",
  destroyed: [{ serial: "DBX-1", env: "e", generation: 2, kid: "https://kv/keys/kek/1" }],
  nodes: [{ serial: "DBX-1", deviceKey: "thumbprint" }, { serial: "DBX-2" }],
  method: "method",
  verification: "verification",
  erasedAt: "2026-11-27T00:00:00.000Z",
  by: "opal",
};

const MEDIUM: Sanitisation["medium"] = {
  path: "/dev/nvme1n1",
  kind: "block device",
  volume: "luks2",
  id: "00000000-0000-4000-8000-000000000003",
  bytes: 4096,
  model: "Model 1",
  serialNumber: "S1",
};
const SAID: Sanitisation = {
  order: ORDER,
  serial: "DBX-1",
  bootId: "boot-number-1",
  counter: 3,
  journalHead: "A".repeat(43),
  medium: MEDIUM,
  method: "zeros",
  verification: "read back",
  startedAt: "2026-11-27T00:00:00.000Z",
  verifiedAt: "2026-11-27T01:00:00.000Z",
};

function save(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

async function command(
  verb: "verify" | "pdf",
  certificate: string | Uint8Array,
  keys: unknown,
  more: readonly string[],
) {
  process.exitCode = undefined;
  const lines: string[] = [];
  const warnings: string[] = [];
  const program = new Command();
  addCertificateCommand(program, {
    out: (line) => lines.push(line),
    warn: (line) => warnings.push(line),
  });
  const file = save("order.file", certificate);
  const keysFile = save("keys.json", typeof keys === "string" ? keys : JSON.stringify(keys));
  const words = ["node", "broker", "certificate", verb, file, "--keys", keysFile, ...more];
  await program.parseAsync(words);
  return { lines, warnings, exitCode: process.exitCode };
}

const run = (certificate: string | Uint8Array, keys: unknown, ...more: readonly string[]) =>
  command("verify", certificate, keys, more);

/** As the broker shows its keys: with members that a verifier does not need. */
const keysOf = (...keys: readonly SigningKey[]) => ({
  keys: keys.map(({ publicJwk }) => ({ ...publicJwk, use: "sig", alg: "ES256" })),
});
const signed = (typ: string = ERASURE_CERTIFICATE_TYPE, payload: object = STATEMENT) =>
  signMessage(key, typ, payload);

/** Of an order whose node had the device key, and has certified its erasure. */
async function signedWithNode(said: Sanitisation, signer = device): Promise<string> {
  const sanitisation = await signMessage(signer, MESSAGE_TYPES.sanitisation, said);
  const publicKey = { ...signer.publicJwk };
  const node = { serial: "DBX-1", deviceKey: device.kid, sanitisation, publicKey };
  return signed(ERASURE_CERTIFICATE_TYPE, { ...STATEMENT, nodes: [node] });
}

const verifyWithNode = async (signer: SigningKey, said: Sanitisation) =>
  run(await signedWithNode(said, signer), keysOf(key));

/** The drawn texts of a page, each with its left end. */
function textsOf({ node }: PDFPage) {
  const { Contents } = node.normalizedEntries();
  const operators = (Contents?.asArray() ?? [])
    .map((reference) => node.context.lookup(reference))
    .filter((stream) => stream instanceof PDFRawStream)
    .map((stream) => Buffer.from(decodePDFRawStream(stream).decode()).toString("latin1"))
    .join("\n");
  const drawn = /([\d.]+) Tf[^]*?1 0 0 1 ([\d.]+) [\d.]+ Tm\s<([\dA-F]*)> Tj/g;
  return Array.from(operators.matchAll(drawn), ([, size, x, hex = ""]) => ({
    size: Number(size),
    x: Number(x),
    text: Buffer.from(hex, "hex").toString("latin1"),
  }));
}

describe("certificate verify", () => {
  it("shows the broker's statement, by any of its keys", async () => {
    const { lines, exitCode } = await run(`${await signed()}\n`, keysOf(other, key));
    expect(exitCode).toBeUndefined();
    expect(lines).toEqual([
      `valid: ${ORDER} was erased at 2026-11-27T00:00:00.000Z by opal`,
      "  method",
      "  verification",
      "  node DBX-1, device key thumbprint",
      "    it has not certified that its medium was erased",
      "  node DBX-2, device key never enrolled",
      "    it has not certified that its medium was erased",
      "  destroyed: DBX-1, generation 2, wrapped by https://kv/keys/kek/1",
    ]);
    const json = await run(await signed(), keysOf(key), "--json");
    expect(json.lines.map((line) => JSON.parse(line))).toEqual([STATEMENT]);
  });

  it("shows what a node signed about its medium, and refuses what another key signed", async () => {
    const { lines, exitCode } = await verifyWithNode(device, SAID);
    expect(exitCode).toBeUndefined();
    expect(lines).toEqual(
      expect.arrayContaining([
        "    erased and verified at 2026-11-27T01:00:00.000Z: block device /dev/nvme1n1, Model 1, S1",
        "    volume 00000000-0000-4000-8000-000000000003 (luks2), 4096 bytes",
        "    zeros",
        "    read back",
      ]),
    );
    const forgeries = [
      await verifyWithNode(other, SAID),
      await verifyWithNode(device, { ...SAID, serial: "DBX-2" }),
      await verifyWithNode(device, { ...SAID, order: `${ORDER}2` }),
    ];
    for (const forged of forgeries) {
      expect(forged.exitCode).toBe(3);
      expect(forged.lines).toEqual([expect.stringContaining("NOT VALID: node DBX-1")]);
    }
  });

  it.each([
    ["another key", () => signed(), [other]],
    ["another kind of message", () => signed("databox-denial+jws"), [key]],
    ["another statement", () => signed(ERASURE_CERTIFICATE_TYPE, { order: "o" }), [key]],
    ["a changed statement", async () => (await signed()).replace(/\.(.)/, ".$1A"), [key]],
    ["no certificate", () => Promise.resolve("rubbish"), [key]],
  ])("ends with 3 for %s", async (_name, certificate, keys) => {
    const { lines, exitCode } = await run(await certificate(), keysOf(...keys));
    expect(exitCode).toBe(3);
    expect(lines).toEqual([expect.stringContaining("NOT VALID")]);
  });

  it("takes the API's own answer, whose statement must be the signed one", async () => {
    const certificate = await signed();
    const answer = { certificate, statement: STATEMENT };
    const saved = JSON.stringify(answer, undefined, 2);
    expect(await run(saved, keysOf(key))).toMatchObject({ exitCode: undefined });
    expect(await run(saved, keysOf(other))).toMatchObject({ exitCode: 3 });
    const changed = { certificate, statement: { ...STATEMENT, by: "someone else" } };
    const { lines, exitCode } = await run(JSON.stringify(changed), keysOf(key));
    expect(exitCode).toBe(3);
    expect(lines[0]).toContain("its member statement differs from the signed one");
    await expect(run('{"error":{}}', keysOf(key))).rejects.toMatchObject({ code: "Misuse" });
  });

  it("refuses a file that holds no keys", async () => {
    for (const keys of ["{", "{}", '{"keys":[]}', '{"keys":[{"kty":"RSA"}]}'])
      await expect(run(await signed(), keys)).rejects.toMatchObject({ code: "Misuse" });
  });

  it("reads a file only up to its limit", async () => {
    const program = new Command();
    addCertificateCommand(program, { out: () => undefined, warn: () => undefined });
    const words = ["certificate", "verify", "/dev/zero", "--keys", save("k", "{}")];
    await expect(program.parseAsync(words, { from: "user" })).rejects.toMatchObject({
      code: "Misuse",
    });
    words.splice(2, 3, save("c", "c"), "--keys", "/dev/zero");
    await expect(program.parseAsync(words, { from: "user" })).rejects.toMatchObject({
      code: "Misuse",
      detail: "/dev/zero cannot be read (EFBIG)",
    });
  });
});

describe("the document", () => {
  let made = 0;
  /** The pages that `broker certificate pdf` writes. */
  async function makePdf(certificate: string): Promise<Buffer> {
    made += 1;
    const out = join(folder.path, `${String(made)}.pdf`);
    const { exitCode } = await command("pdf", certificate, keysOf(key), ["--out", out]);
    expect(exitCode).toBeUndefined();
    return readFileSync(out);
  }

  it("is verified by its attachment, and the same certificate gives the same bytes", async () => {
    const certificate = await signed();
    const pdf = await makePdf(certificate);
    expect(pdf.equals(await makePdf(certificate))).toBe(true);
    const bare = await run(certificate, keysOf(key));
    const { lines, exitCode } = await run(pdf, keysOf(other, key));
    expect(exitCode).toBeUndefined();
    expect(lines).toEqual([...bare.lines, "the pages of the PDF say the same"]);
    const json = await run(pdf, keysOf(key), "--json");
    expect(json.exitCode).toBeUndefined();
    expect(json.lines.map((line) => JSON.parse(line))).toEqual([STATEMENT]);
    expect((await run(pdf, keysOf(other))).exitCode).toBe(3);
  });

  it("ends with 4 and a warning if the pages were changed, also as JSON", async () => {
    const certificate = await signed();
    const document = await PDFDocument.load(await makePdf(certificate));
    document.getPages()[0]?.drawText("and so was every backup");
    const changed = await document.save();
    const bare = await run(certificate, keysOf(key));
    const text = await run(changed, keysOf(key));
    expect(text.lines).toEqual(bare.lines);
    const json = await run(changed, keysOf(key), "--json");
    expect(json.lines.map((line) => JSON.parse(line))).toEqual([STATEMENT]);
    for (const { exitCode, warnings } of [text, json]) {
      expect(exitCode).toBe(5);
      expect(warnings).toEqual([expect.stringContaining("WARNING")]);
    }
  });

  it("shows the whole of a word that is wider than its column", async () => {
    const model = "M".repeat(128);
    const certificate = await signedWithNode({ ...SAID, medium: { ...MEDIUM, model } });
    const document = await PDFDocument.load(await makePdf(certificate));
    const font = await document.embedFont(StandardFonts.Helvetica);
    const runs = document.getPages().flatMap(textsOf);
    for (const { x, size, text } of runs)
      expect(x + font.widthOfTextAtSize(text, size)).toBeLessThan(595 - 55);
    expect(runs.map(({ text }) => text).join("")).toContain(`${model},S1`);
  });

  it("is not decompressed beyond the limit", async () => {
    const document = await PDFDocument.create();
    await document.attach(new Uint8Array(CERTIFICATE_MAX_BYTES + 1), "certificate.jws");
    const { lines, exitCode } = await run(await document.save(), keysOf(key));
    expect(exitCode).toBe(3);
    expect(lines).toEqual([expect.stringContaining("no certificate is attached")]);
  });

  it("may be long, and have words that its fonts lack", async () => {
    const copy = required(STATEMENT.destroyed[0]);
    const destroyed = Array.from({ length: 5000 }, (_, generation) => ({ ...copy, generation }));
    const statement = { ...STATEMENT, by: "Łukasz 宝\n", destroyed };
    const pdf = await makePdf(await signed(ERASURE_CERTIFICATE_TYPE, statement));
    expect((await PDFDocument.load(pdf)).getPageCount()).toBe(3);
    expect((await run(pdf, keysOf(key))).lines.at(-1)).toBe("the pages of the PDF say the same");
  });

  it("is not made of a forged certificate, nor over a file that exists", async () => {
    const out = save("mine.pdf", "mine");
    const forged = await command("pdf", await signed(), keysOf(other), ["--out", `${out}.new`]);
    expect(forged.exitCode).toBe(3);
    await expect(command("pdf", await signed(), keysOf(key), ["--out", out])).rejects.toMatchObject(
      { code: "Misuse" },
    );
    expect(readFileSync(out, "utf8")).toBe("mine");
  });

  it.each([
    ["without an attachment", async () => (await PDFDocument.create()).save()],
    ["that is damaged", () => Promise.resolve(Buffer.from("%PDF-1.7\nrubbish"))],
  ])("is not valid as a PDF %s", async (_name, pdf) => {
    const { lines, exitCode } = await run(await pdf(), keysOf(key));
    expect(exitCode).toBe(3);
    expect(lines).toEqual([expect.stringContaining("NOT VALID: no certificate is attached")]);
  });
});
