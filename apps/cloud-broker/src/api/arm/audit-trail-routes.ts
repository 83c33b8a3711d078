import {
  AppError,
  decideNextStep,
  explain,
  type Facts,
  isErrorCode,
  withoutUndefined,
} from "@databox-cmk/errors";
import {
  type DiagnosticsView,
  activityFilter,
  ACTIVITY_CALLS,
  DIAGNOSTICS_CALLS,
} from "@databox-cmk/protocol";

import type { EpochMs, OrderId } from "../../core/order.ts";
import { CHECK_WORDS } from "../../core/ports.ts";
import { recoveryFacts } from "../../core/recovery-facts.ts";
import {
  receivedAt,
  timelineOf,
  type TimelineStep,
  type Receipt,
  tracedRow,
  type TracedRow,
} from "../../core/unlock-timeline.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findChain, findOrder } from "../../orders/find-order.ts";
import { readActivity, signHead } from "../../orders/read-activity.ts";
import { readVerdict, type VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import type { Store } from "../../store/store.ts";
import { arm, type ArmRequest } from "./arm-route.ts";
import { nextPageUrl } from "./links.ts";
import { readFilter, readPageStart } from "./list-routes.ts";
import { renderVerdict } from "./render-verdict.ts";

const CORRELATION_ID = /^[\w.:-]{1,128}$/;

type EventView = DiagnosticsView["events"][number];

/**
 * The timeline of one correlation id: the id on the agent's screen, in the log and in the audit
 * trail.
 */
export function createDiagnosticsRoutes(deps: VerdictDependencies): readonly Route[] {
  const { store } = deps;
  return [
    arm.route(DIAGNOSTICS_CALLS.read, {
      action: "Microsoft.DataBox/jobs/diagnostics/read",
      summary: "Reads the timeline of one unlock and the explanation of its outcome (extension)",
      handle: async (request) => {
        const { correlationId = "" } = request.parameters;
        if (!CORRELATION_ID.test(correlationId))
          throw new AppError("InvalidResourceName", {
            target: "correlationId",
            detail: "expected an id as the agent shows it, such as a UUID",
          });
        const order = await findOrder(store, request.order);
        const rows = await findTracedRows(store, order.id, correlationId);
        if (rows.length === 0)
          throw new AppError("ResourceNotFound", {
            target: "correlationId",
            detail: `the order's audit trail knows no ${correlationId}; a message whose sender was not verified belongs to no order`,
          });
        const events = await Promise.all(
          rows.map(async (found): Promise<EventView> => {
            const receipt = await findReceipt(store, order.id, found.row);
            return {
              ...renderEvent(found),
              steps: timelineOf(found.row, found.atMs, receipt).map(renderStep),
              ...renderExplanation(found, { ...recoveryFacts(order), correlationId }),
            };
          }),
        );
        const verdict = renderVerdict(await readVerdict(deps, request.order));
        const json: DiagnosticsView = { correlationId, orderId: order.id, events, verdict };
        return { json };
      },
    }),
  ];
}

function renderEvent({ row, atMs, sequence, hash }: FoundRow): Omit<EventView, "steps"> {
  const receivedMs = receivedAt(row, atMs);
  return {
    action: row.action,
    outcome: row.outcome,
    serial: row.serial,
    kid: row.kid,
    receivedAt: renderTime(receivedMs),
    recordedAt: renderTime(atMs),
    audit: { sequence, hash },
  };
}

function renderStep({ status, atMs, ...step }: TimelineStep): EventView["steps"][number] {
  return {
    ...step,
    status: CHECK_WORDS[status],
    at: renderTime(atMs),
  };
}

/**
 * Explains the code, with the names in the row if it has them, otherwise with the order's present
 * names.
 */
function renderExplanation(
  { row }: FoundRow,
  facts: Facts,
): Pick<EventView, "explanation" | "nextStep"> {
  const { code, reason, serial } = row;
  if (code === undefined || !isErrorCode(code)) return {};
  const names = { ...facts, ...withoutUndefined({ serial }), ...factsOf(row) };
  const { title, message, who, steps, class: kind } = explain(code, { reason, facts: names });
  return {
    explanation: {
      code,
      reason,
      title,
      message,
      class: kind,
      who,
      steps: [...steps],
    },
    nextStep: decideNextStep({ code, reason, facts: names }),
  };
}

function factsOf({ detail = {} }: FoundRow["row"]): Facts {
  return Object.fromEntries(
    Object.entries(detail).flatMap(([name, value]) =>
      typeof value === "boolean" ? [] : [[name, value]],
    ),
  );
}

type FoundRow = {
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: EpochMs;
  readonly row: TracedRow;
};

/**
 * Rows of an order's chain with a correlation id, oldest first. A chain is short, and is read by
 * its primary key.
 */
async function findTracedRows(
  store: Store,
  order: OrderId,
  correlationId: string,
): Promise<readonly FoundRow[]> {
  const found = await findRows(store, order, "correlationId", correlationId);
  return found.filter(({ row }) => row.correlationId === correlationId);
}

/** The device's report about a row's grant. */
async function findReceipt(
  store: Store,
  order: OrderId,
  { detail }: TracedRow,
): Promise<Receipt | undefined> {
  const grantHash = detail?.["grantHash"];
  if (typeof grantHash !== "string") return undefined;
  const found = await findRows(store, order, "grantHash", grantHash);
  const receipt = found.find(
    ({ row }) => row.action === "receipt" && row.detail?.["grantHash"] === grantHash,
  );
  if (receipt === undefined) return undefined;
  return { atMs: receipt.atMs, outcome: String(receipt.row.detail?.["outcome"] ?? "") };
}

/** LIKE finds candidates, also by wild cards in the value; the callers compare exactly. */
async function findRows(
  store: Store,
  order: OrderId,
  member: "correlationId" | "grantHash",
  value: string,
): Promise<readonly FoundRow[]> {
  const rows = await store
    .selectFrom("audit")
    .select(["sequence", "hash", "at_ms", "row_json"])
    .where("chain", "=", order)
    .where("row_json", "like", `%"${member}":"${value}"%`)
    .orderBy("sequence")
    .execute();
  return rows.map(({ sequence, hash, at_ms: atMs, row_json: json }) => ({
    sequence,
    hash,
    atMs,
    row: tracedRow.parse(JSON.parse(json)),
  }));
}

const PAGE = 100;

/** The order's audit chain, for its owner. */
export function createActivityRoutes(
  deps: Plane<"store" | "settings" | "sign" | "now">,
): readonly Route[] {
  return [
    arm.route(ACTIVITY_CALLS.list, {
      action: "Microsoft.DataBox/jobs/activity/read",
      summary: "Reads the audit rows of an order, filtered, page by page (extension)",
      handle: async (request) => {
        const { given, filter } = readFilter(request, activityFilter);
        const chain = await findChain(deps.store, request.order, filter.deleted);
        // First, so that the pages have its row even where rows are added meanwhile.
        const head = await signHead(deps, chain);
        const page = await readActivity(deps.store, chain, filter, {
          position: readPosition(request),
          limit: PAGE,
        });
        const nextLink =
          page.position === undefined
            ? undefined
            : nextPageUrl(deps.settings.armUrl, request, String(page.position), given);
        return { json: { value: page.rows, nextLink, head } };
      },
    }),
  ];
}

const readPosition = (request: ArmRequest): number | undefined =>
  readPageStart(request, (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined));
