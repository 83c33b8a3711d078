import type { ErasureStatement, StageStatus } from "@databox-cmk/protocol";

/**
 * `deviceErasureStatus` of an order whose keys are destroyed: in progress until each of its nodes
 * has certified that its medium was erased and verified. A node whose device was replaced and never
 * enrolled again counts, too, since its medium may hold data. An older certificate names no nodes
 * and proves nothing about them.
 */
export function erasureStatusOf({ nodes }: Pick<ErasureStatement, "nodes">): StageStatus {
  return nodes !== undefined && unerasedNodes(nodes).length === 0 ? "Succeeded" : "InProgress";
}

/** Serial numbers of the nodes that have not certified the erasure of their medium. */
export const unerasedNodes = (
  nodes: readonly { readonly serial: string; readonly sanitisation?: string | undefined }[],
): string[] =>
  nodes.filter(({ sanitisation }) => sanitisation === undefined).map(({ serial }) => serial);
