import { importVerifyKey } from "@databox-cmk/crypto";
import { AppError, withoutUndefined } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import type { EventDetails } from "../core/event-details.ts";
import { judgeCountersignature } from "../journal/judge-countersignature.ts";
import { readJournal } from "../journal/verify-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { requirePrepared } from "../node/hold-node.ts";
import { readCause } from "../node/read-cause.ts";

/**
 * Shows the newest rows; with `verify` proves the whole chain and the broker's countersignature,
 * without a network.
 *
 * @throws {AppError} `AgentStateUnreadable` when the chain is broken, `JournalBroken` when it
 * differs from the delivered one
 */
export async function journal(
  options: { readonly verify: boolean; readonly last: number },
  dependencies: Pick<CommandDependencies, "stateDir" | "elapsedMs" | "nowIso">,
): Promise<AgentEvent> {
  const { folder, settings, state } = requirePrepared(dependencies.stateDir);
  const { rows, tornLines } = readJournal(folder.journalPath, state.journalHead);
  const head = rows.at(-1)?.hash;
  const brokerKeys = settings.brokerKeys.map((key) => importVerifyKey(key));
  const proof = judgeCountersignature(rows, folder.readJournalHead(), {
    order: settings.order,
    serial: settings.serial,
    brokerKeys,
  });
  if (options.verify && proof.kind === "broken")
    throw new AppError("JournalBroken", { reason: "fork", detail: proof.what });
  return {
    ...eventOf("journal", settings, dependencies),
    outcome: options.verify ? "verified" : "listed",
    details: withoutUndefined({
      rows: rows.length,
      head,
      ...describeProof(proof, rows.length),
    }),
    rows: options.verify ? undefined : rows.slice(-options.last),
    cause: options.verify ? undefined : readCause(folder, settings, dependencies).cause,
    notes: notesOf(
      tornLines > 0 && `${String(tornLines)} line(s) were cut off by a crash and are marked`,
      proof.kind === "unknown-key" &&
        "this node does not know the key of the countersignature; the next delivery renews it",
    ),
  };
}

function describeProof(
  proof: ReturnType<typeof judgeCountersignature>,
  rows: number,
): EventDetails {
  switch (proof.kind) {
    case "proven":
      return {
        countersignedRows: proof.sequence,
        countersignedAt: proof.receivedAt,
        undeliveredRows: rows - proof.sequence,
      };
    case "none":
    case "unknown-key":
      return { countersignedRows: 0, undeliveredRows: rows };
    case "broken":
      return { countersignature: proof.what };
  }
}
