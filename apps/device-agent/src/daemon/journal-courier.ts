import { statSync } from "node:fs";

import { AppError, toAppError } from "@databox-cmk/errors";
import { DEVICE_ROUTES, journalHead, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { JournalDelivery, JournalHead, JournalRow } from "@databox-cmk/protocol";

import type { Answered } from "../answers/signed-answer.ts";
import type { FailureEvent } from "../core/agent-event.ts";
import { eventOfDenial, eventOfError } from "../core/failure-event.ts";
import { nextPage } from "../core/journal-page.ts";
import { exchange } from "../exchange/exchange.ts";
import { judgeCountersignature } from "../journal/judge-countersignature.ts";
import { readJournal } from "../journal/verify-journal.ts";
import { systemCode, unreadable } from "../state/state-error.ts";
import type { Daemon } from "./daemon.ts";
import { createRetry } from "./retry.ts";

/** Delivers in the background: leases must not wait for it. */
export type JournalCourier = { keep(stop: AbortSignal): void };

const RETRY = { firstMs: 2000, maxMs: 300_000 };
/** The retry interval after a failure that time alone does not cure. */
const BROKEN_RETRY_MS = 3_600_000;
const EXCHANGE_TIMEOUT_MS = 5000;

/**
 * Sends the rows that the broker has not countersigned yet, page by page, whenever the journal has
 * grown. A broker that has lost rows (a restored backup) gets all of them again: each is recognised
 * by its hash.
 */
export function createJournalCourier(daemon: Daemon): JournalCourier {
  const { session, state, folder, context, report } = daemon;
  let running: Promise<void> | undefined;
  /** -1: there was no file. */
  let deliveredSize: number | undefined;
  let cursor: number | undefined;
  let isSentAnew = false;
  const retry = createRetry(() => 1);
  let toldCode: string | undefined;

  function tellOnce(event: FailureEvent): void {
    retry.ended(BROKEN_RETRY_MS);
    const what = `${event.code} ${event.reason ?? ""}`;
    if (toldCode !== what) report(event);
    toldCode = what;
  }

  async function send(
    rows: readonly JournalRow[],
    stop: AbortSignal,
  ): Promise<Answered<JournalHead>> {
    const counter = await state.change((store) => store.nextCounter());
    const deadline = AbortSignal.any([stop, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]);
    return exchange<JournalDelivery, JournalHead>(
      session(deadline),
      DEVICE_ROUTES.journal,
      MESSAGE_TYPES.journal,
      { counter, rows: [...rows] },
      [MESSAGE_TYPES.journalHead, journalHead],
    );
  }

  function take(
    rows: readonly JournalRow[],
    page: readonly JournalRow[],
    answer: Answered<JournalHead>,
  ) {
    if (answer.kind === "denial") {
      const { denial } = answer;
      if (denial.class === "unreachable" || denial.class === "internal")
        throw new AppError("BrokerBusy", { detail: denial.code });
      retry.ended();
      const mayHelp = denial.reason === "gap" && !isSentAnew && cursor !== 0;
      if (mayHelp) {
        isSentAnew = true;
        cursor = 0;
      } else tellOnce(eventOfDenial(denial, context()));
      return;
    }
    const { value: head, jws } = answer;
    const own = rows.find(({ sequence }) => sequence === head.sequence);
    if (own !== undefined && own.hash !== head.hash)
      throw new AppError("JournalBroken", {
        reason: "fork",
        detail: `row ${String(head.sequence)}`,
      });
    retry.ended();
    folder.writeJournalHead(jws);
    cursor = page.at(-1)?.sequence ?? cursor;
    isSentAnew = false;
    toldCode = undefined;
  }

  function readRows(): readonly JournalRow[] {
    const { rows } = readJournal(folder.journalPath);
    if (rows.length === 0 && state.read().journalHead !== undefined)
      throw unreadable(folder.journalPath, "missing");
    return rows;
  }

  async function deliver(stop: AbortSignal): Promise<void> {
    const size = sizeOf(folder.journalPath);
    let rows = readRows();
    const proof = judgeCountersignature(rows, folder.readJournalHead(), session(stop));
    // The broker gets all rows of a journal that was truncated or started again, and so notices it.
    if (proof.kind === "broken") cursor = 0;
    cursor ??= proof.kind === "proven" ? proof.sequence : 0;
    while (!stop.aborted) {
      const page = nextPage(rows, cursor);
      if (page.length === 0) {
        if (proof.kind === "broken")
          throw new AppError("JournalBroken", { reason: "fork", detail: proof.what });
        deliveredSize = size;
        return;
      }
      take(rows, page, await send(page, stop));
      if (retry.waitMs() > 0) return;
      rows = readRows();
    }
  }

  return {
    keep(stop) {
      if (running !== undefined || retry.waitMs() > 0) return;
      if (sizeOf(folder.journalPath) === deliveredSize) return;
      running = deliver(stop)
        .catch((error: unknown) => {
          const failure = toAppError(error);
          const { code } = failure;
          if (code !== "BrokerUnreachable" && code !== "BrokerBusy" && code !== "AgentBusy") {
            if (!stop.aborted) tellOnce(eventOfError(failure, context()));
            return;
          }
          // An outage: the rows wait, and the lease keeper reports it.
          retry.failed(RETRY);
        })
        .finally(() => {
          running = undefined;
        });
    },
  };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return -1; // Nothing was written yet.
    throw error;
  }
}
