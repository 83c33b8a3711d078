import type { ErasureStatement } from "@databox-cmk/protocol";

import { type NodeStatement, readNodeStatement } from "./verify-certificate.ts";

/** Lines of text about a verified certificate of erasure. */
export function renderStatement(statement: ErasureStatement): readonly string[] {
  const { order, erasedAt, by, method, verification, nodes = [], destroyed } = statement;
  return [
    `valid: ${order} was erased at ${erasedAt} by ${by}`,
    `  ${method}`,
    ...(verification === undefined ? [] : [`  ${verification}`]),
    ...nodes.flatMap((node) => [
      `  node ${node.serial}, device key ${node.deviceKey ?? "never enrolled"}`,
      ...renderNode(readNodeStatement(order, node)),
    ]),
    ...destroyed.map(
      ({ serial, generation, kid }) =>
        `  destroyed: ${serial}, generation ${String(generation)}, wrapped by ${kid}`,
    ),
  ];
}

/** A certificate of one of its nodes that this node did not sign. */
export function faultOfNodes({ order, nodes = [] }: ErasureStatement): string | undefined {
  const forged = nodes.find((node) => readNodeStatement(order, node).kind === "forged");
  return forged && `node ${forged.serial}: its own certificate was not signed by its device key`;
}

function renderNode(own: NodeStatement): readonly string[] {
  if (own.kind !== "signed") return ["    it has not certified that its medium was erased"];
  const { medium, method, verification, verifiedAt } = own.said;
  const drive = [medium.model, medium.serialNumber].filter((part) => part !== undefined);
  return [
    `    erased and verified at ${verifiedAt}: ${[`${medium.kind} ${medium.path}`, ...drive].join(", ")}`,
    `    volume ${medium.id} (${medium.volume}), ${String(medium.bytes)} bytes`,
    `    ${method}`,
    `    ${verification}`,
    ...(own.doubt === undefined ? [] : [`    ${own.doubt}`]),
  ];
}
