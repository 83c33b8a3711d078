import { inflateSync } from "node:zlib";

import type { PDFDocument, PDFFont, PDFPage } from "@cantoo/pdf-lib";
import { readHeader } from "@databox-cmk/crypto";
import type { ErasureCertificate, ErasureStatement } from "@databox-cmk/protocol";

import { CERTIFICATE_MAX_BYTES, readNodeStatement } from "./verify-certificate.ts";

/** A4, in points of 1/72 inch. */
const PAGE: [number, number] = [595.28, 841.89];
const MARGIN = 56;
const LABEL_WIDTH = 110;
const LINE_HEIGHT = 1.4;
const SIZES = { title: 18, heading: 12, text: 9.5 } as const;

const ATTACHMENT = "certificate.jws";
const TITLE = "Certificate of sanitisation";
const NOTE =
  "These pages show in words what the attached certificate states. The attachment " +
  `(${ATTACHMENT}) has the signatures, and only they prove the statement. To verify both without ` +
  "a network, save the service's public keys (/webhooks/v1/keys) beforehand, and run:";

/**
 * A certificate of erasure in words, with the certificate itself as its attachment. The same
 * certificate gives the same bytes. The library is loaded at the first call: few brokers need it.
 */
export async function renderCertificatePdf(erasure: ErasureCertificate): Promise<Uint8Array> {
  const pdf = await import("@cantoo/pdf-lib");
  const { order, erasedAt } = erasure.statement;
  const { kid } = readHeader(erasure.certificate, CERTIFICATE_MAX_BYTES);
  const at = new Date(erasedAt);
  const document = await pdf.PDFDocument.create({ updateMetadata: false });
  document.setTitle(`${TITLE}, ${order}`, { showInWindowTitleBar: true });
  document.setLanguage("en");
  document.setCreationDate(at);
  document.setModificationDate(at);
  const fonts = {
    plain: await document.embedFont(pdf.StandardFonts.Helvetica),
    bold: await document.embedFont(pdf.StandardFonts.HelveticaBold),
  };
  const writer = new PageWriter(document, fonts, pdf.breakTextIntoLines);
  writer.write(TITLE, { size: SIZES.title, font: fonts.bold });
  for (const part of describeCertificate(erasure.statement, kid)) writer.writePart(part);
  writer.writePart({
    heading: "How to verify this certificate",
    facts: [
      ["", NOTE],
      [
        "",
        `broker certificate verify ${order.split("/").at(-1) ?? ""}-erasure.pdf --keys keys.json`,
      ],
    ],
  });
  await document.attach(new TextEncoder().encode(erasure.certificate), ATTACHMENT, {
    mimeType: "application/jose",
    description: "The signed certificate (JWS)",
    creationDate: at,
    modificationDate: at,
    afRelationship: pdf.AFRelationship.Source,
  });
  return document.save();
}

/** Whether a file is a PDF and not a bare certificate. */
export function isPdf(file: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(file.subarray(0, 5)) === "%PDF-";
}

/** The dictionary of an attachment, up to its compressed bytes; ours has 200 characters. */
const ATTACHMENT_HEAD = /\/Type\s?\/EmbeddedFile\b.{0,512}?>>\s{0,2}stream\r?\n/s;

/**
 * The first attachment of a document, which is the certificate in one that this broker made. Only
 * this attachment is decompressed, and only up to the limit. The library would decompress every
 * object stream and every attachment without a limit, about a thousand times the size of the file.
 *
 * @returns undefined if there is none, or if it is too long
 */
export function readCertificatePdf(file: Buffer): string | undefined {
  const head = ATTACHMENT_HEAD.exec(file.toString("latin1"));
  if (head === null) return undefined;
  try {
    const compressed = file.subarray(head.index + head[0].length);
    return inflateSync(compressed, { maxOutputLength: CERTIFICATE_MAX_BYTES }).toString();
  } catch {
    return undefined;
  }
}

type Fonts = { readonly plain: PDFFont; readonly bold: PDFFont };
type Break = typeof import("@cantoo/pdf-lib").breakTextIntoLines;

/** Writes lines from the top, and begins a page when one is full. */
class PageWriter {
  readonly #document: PDFDocument;
  readonly #fonts: Fonts;
  readonly #break: Break;
  #page: PDFPage;
  #y = PAGE[1] - MARGIN;

  constructor(document: PDFDocument, fonts: Fonts, breakLines: Break) {
    this.#document = document;
    this.#fonts = fonts;
    this.#break = breakLines;
    this.#page = document.addPage(PAGE);
  }

  writePart({ heading, facts }: CertificatePart): void {
    this.#y -= SIZES.heading;
    this.write(heading, { size: SIZES.heading, font: this.#fonts.bold });
    for (const [label, value] of facts) {
      const width = label === "" ? 0 : LABEL_WIDTH;
      this.write(value, { size: SIZES.text, font: this.#fonts.plain, indent: width, label });
    }
  }

  write(
    text: string,
    {
      size,
      font,
      indent = 0,
      label = "",
    }: { size: number; font: PDFFont; indent?: number; label?: string },
  ): void {
    const breaks = [" ", "/", "-"];
    const width = (line: string) => font.widthOfTextAtSize(line, size);
    const lines = (shown: string, room: number) =>
      this.#break(printable(shown), breaks, room, width)
        .map((line) => line.trimEnd())
        // The library lets a word that is wider than the room run on; this cuts it.
        .flatMap((line) => (width(line) > room ? this.#break(line, [""], room, width) : [line]));
    const values = lines(text, PAGE[0] - 2 * MARGIN - indent);
    const labels = lines(label, indent - size);
    for (let index = 0; index < Math.max(values.length, labels.length); index += 1) {
      this.#y -= size * LINE_HEIGHT;
      if (this.#y < MARGIN) {
        this.#page = this.#document.addPage(PAGE);
        this.#y = PAGE[1] - MARGIN - size;
      }
      const at = { y: this.#y, size };
      this.#page.drawText(labels[index] ?? "", { ...at, x: MARGIN, font: this.#fonts.bold });
      this.#page.drawText(values[index] ?? "", { ...at, x: MARGIN + indent, font });
    }
  }
}

/** The standard fonts have no other characters; the attachment has the exact text. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7E\xA1-\xFF]/g, "?");

/** An order that was rotated for years has more copies than a reader wants to see. */
const SHOWN_COPIES = 100;

/** A part of the document: a heading with its facts, label and value. */
type CertificatePart = {
  readonly heading: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
};

type Node = NonNullable<ErasureStatement["nodes"]>[number];

/**
 * A certificate of erasure in words, for an auditor. It proves nothing: only the signatures do.
 *
 * @param signedBy - the identifier of the key that signed it
 */
function describeCertificate(
  statement: ErasureStatement,
  signedBy: string,
): readonly CertificatePart[] {
  const { order, sku, erasedAt, by, method, verification, nodes = [], destroyed } = statement;
  const { activity, revision, supersedes } = statement;
  const more = destroyed.length - SHOWN_COPIES;
  return [
    {
      heading: "Order",
      facts: [
        ["Order", order],
        ["Appliance", sku],
      ],
    },
    {
      heading: "Keys held by the service",
      facts: [
        ["Method", method],
        ["Verification", verification ?? "not stated"],
        ["Destroyed", erasedAt],
        ["By", by],
        ["Signed by", `the service's key ${signedBy}`],
        ...(activity === undefined
          ? []
          : [
              [
                "Activity",
                `${String(activity.length)} rows before, head ${activity.head}`,
              ] as const,
            ]),
        ...(supersedes === undefined
          ? []
          : [["Revision", `${String(revision)}; it replaces ${supersedes} (SHA-256)`] as const]),
      ],
    },
    ...nodes.map((node) => ({
      heading: `Node ${node.serial}`,
      facts: factsOfNode(order, node),
    })),
    {
      heading: "Wrapped copies of the unlock key that were destroyed",
      facts: [
        ...destroyed
          .slice(0, SHOWN_COPIES)
          .map(
            ({ serial, generation, kid }) =>
              [`${serial}, generation ${String(generation)}`, `wrapped by ${kid}`] as const,
          ),
        ...(more > 0 ? [["Others", `${String(more)}; see the attached certificate`] as const] : []),
      ],
    },
  ];
}

function factsOfNode(order: string, node: Node): CertificatePart["facts"] {
  const own = readNodeStatement(order, node);
  const key = node.deviceKey ?? "none: the node never enrolled";
  if (own.kind === "none")
    return [
      ["Device key", key],
      ["Medium", "The node has not certified that its medium was erased."],
    ];
  if (own.kind === "forged")
    return [
      ["Device key", key],
      ["Medium", "NOT VALID: the node's certificate was not signed by its device key."],
    ];
  const { medium, method, verification, startedAt, verifiedAt } = own.said;
  const drive = [medium.model, medium.serialNumber].filter((part) => part !== undefined);
  return [
    ["Medium", [`${medium.kind} ${medium.path}`, ...drive].join(", ")],
    ["Volume", `${medium.id} (${medium.volume}), ${String(medium.bytes)} bytes`],
    ["Method", method],
    ["Verification", verification],
    ["Started", startedAt],
    ["Verified", verifiedAt],
    ...(own.doubt === undefined ? [] : [["Doubt", own.doubt] as const]),
    ["Signed by", `the node's device key ${key}`],
  ];
}
