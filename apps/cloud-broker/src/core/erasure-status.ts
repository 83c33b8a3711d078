import type { ErasureStatement, StageStatus } from "@databox-cmk/protocol";

/**
 * `deviceErasureStatus` of an order whose keys are destroyed: in progress until each of its nodes has
 * certified that its medium was erased and verified. A node whose device was replaced and never
 * enrolled again counts, too, since its medium may hold data. An older certificate names no nodes
 * and proves nothing about them.
 */
export function erasureStatusOf({ nodes }: Pick<ErasureStatement, "nodes">): StageStatus {
  const isEachCertified = nodes?.every(({ sanitisation }) => sanitisation !== undefined) ?? false;
  return isEachCertified ? "Succeeded" : "InProgress";
}
