import type { OperatorOrder, OrderSummary, StageName, StageStatus } from "@databox-cmk/protocol";

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

/** The next act in a stage; the stage does not tell which keys and nodes are erased. */
export function decideActInStage(
  {
    stage,
    stageStatus,
    transferType,
  }: Pick<OrderSummary, "stage" | "transferType"> & {
    readonly stageStatus: StageStatus | undefined;
  },
  isUnprepared: boolean,
): ActName {
  if (stage === "DevicePrepared" && isUnprepared) return "prepareNodes";
  if (stageStatus === "CustomerActionPerformed") return "startCopy";
  if (stageStatus === "CustomerActionPerformedForCleanUp") return "eraseKeys";
  const isExport = transferType === "ExportFromAzure";
  return (isExport ? OF_EXPORT[stage] : undefined) ?? BY_STAGE[stage];
}

/** The next act on an order, and the serial numbers of the nodes that it concerns. */
export function decideNextAct(order: Acting): {
  readonly name: ActName;
  readonly serials: readonly string[];
} {
  const { unerasedNodes, unpreparedNodes = [] } = order;
  if (unerasedNodes !== undefined)
    return { name: unerasedNodes.length === 0 ? "nothing" : "eraseNodes", serials: unerasedNodes };
  const { status: stage, transferType, details } = order.properties;
  const stageStatus = details?.jobStages?.find(({ stageName }) => stageName === stage)?.stageStatus;
  const name = decideActInStage({ stage, stageStatus, transferType }, unpreparedNodes.length > 0);
  const serials = order.nodes.map(({ serial }) => serial);
  return { name, serials: name === "prepareNodes" ? unpreparedNodes : serials };
}
