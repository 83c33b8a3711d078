import type { ErasureStatement } from "@databox-cmk/protocol";

import { readNodeReport } from "./verify-certificate.ts";

/** An order that was rotated for years has more copies than a reader wants to see. */
const SHOWN_COPIES = 100;

/** A part of the document: a heading with its facts, label and value. */
export type CertificatePart = {
  readonly heading: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
};

type Node = NonNullable<ErasureStatement["nodes"]>[number];

/**
 * A certificate of erasure in words, for an auditor. It proves nothing: only the signatures do.
 *
 * @param signedBy - the identifier of the key that signed it
 */
export function describeCertificate(
  statement: ErasureStatement,
  signedBy: string,
): readonly CertificatePart[] {
  const { order, sku, erasedAt, by, method, verification, nodes = [], destroyed } = statement;
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
  const report = readNodeReport(order, node);
  const key = node.deviceKey ?? "none: the node never enrolled";
  if (report.kind === "none")
    return [
      ["Device key", key],
      ["Medium", "The node has not certified that its medium was erased."],
    ];
  if (report.kind === "forged")
    return [
      ["Device key", key],
      ["Medium", "NOT VALID: the node's certificate was not signed by its device key."],
    ];
  const { medium, method, verification, startedAt, verifiedAt } = report.said;
  const drive = [medium.model, medium.serialNumber].filter((part) => part !== undefined);
  return [
    ["Medium", [`${medium.kind} ${medium.path}`, ...drive].join(", ")],
    ["Volume", `${medium.id} (${medium.volume}), ${String(medium.bytes)} bytes`],
    ["Method", method],
    ["Verification", verification],
    ["Started", startedAt],
    ["Verified", verifiedAt],
    ["Signed by", `the node's device key ${key}`],
  ];
}
