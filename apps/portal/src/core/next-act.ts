import type { OperatorOrder, StageName } from "@databox-cmk/protocol";

/** The act that moves an order on, its person, and its command at each node. */
export const ACTS = {
  prepare: { who: "operator" },
  prepareNodes: { who: "operator" },
  startCopy: { who: "operator" },
  fill: { who: "operator", command: "databox-agent unlock --purpose fill" },
  dispatch: { who: "operator" },
  deliver: { who: "carrier" },
  use: { who: "customer" },
  return: { who: "carrier" },
  ingest: { who: "operator", command: "databox-agent unlock --purpose ingest" },
  complete: { who: "operator" },
  eraseKeys: { who: "operator" },
  eraseNodes: { who: "operator", command: "databox-agent erase" },
  nothing: { who: "nobody" },
} as const satisfies Record<string, { readonly who: string; readonly command?: string }>;
export type ActName = keyof typeof ACTS;
type Acting = Pick<OperatorOrder, "properties" | "nodes" | "unpreparedNodes" | "unerasedNodes">;

const BY_STAGE: Readonly<Record<StageName, ActName>> = {
  DeviceOrdered: "prepare",
  DevicePrepared: "dispatch",
  Dispatched: "deliver",
  Delivered: "use",
  PickedUp: "return",
  AtAzureDC: "ingest",
  DataCopy: "ingest",
  Completed: "eraseKeys",
  CompletedWithErrors: "eraseKeys",
  CompletedWithWarnings: "eraseKeys",
  Cancelled: "eraseKeys",
  Aborted: "eraseKeys",
  Failed_IssueReportedAtCustomer: "eraseKeys",
  Failed_IssueDetectedAtAzureDC: "eraseKeys",
};
const OF_EXPORT: Partial<typeof BY_STAGE> = {
  DevicePrepared: "startCopy",
  DataCopy: "fill",
  AtAzureDC: "complete",
};

/** The next act on an order, and the serial numbers of the nodes that it concerns. */
export function decideNextAct(order: Acting): {
  readonly name: ActName;
  readonly serials: readonly string[];
} {
  const serials = order.nodes.map(({ serial }) => serial);
  const { unerasedNodes } = order;
  if (unerasedNodes !== undefined)
    return { name: unerasedNodes.length === 0 ? "nothing" : "eraseNodes", serials: unerasedNodes };
  const { status, transferType, details } = order.properties;
  if (status === "DevicePrepared" && order.unpreparedNodes !== undefined)
    return { name: "prepareNodes", serials: order.unpreparedNodes };
  const now = details?.jobStages?.find(({ stageName }) => stageName === status)?.stageStatus;
  if (now === "CustomerActionPerformed") return { name: "startCopy", serials };
  const isExport = transferType === "ExportFromAzure";
  const isGivenUp = now === "CustomerActionPerformedForCleanUp";
  const name = (isExport ? OF_EXPORT[status] : undefined) ?? BY_STAGE[status];
  return { name: isGivenUp ? "eraseKeys" : name, serials };
}
