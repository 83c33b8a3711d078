import type { StageName } from "@databox-cmk/protocol";

import type { AppendAudit } from "../../audit/append-audit.ts";
import type { Voter } from "../../core/decide-release.ts";
import type { OrderId } from "../../core/order.ts";
import type { Actor, Clock } from "../../core/ports.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import type { Announce } from "../../events/announce.ts";
import type { Store } from "../../store/store.ts";
import type { Commit } from "../../store/transactions.ts";
import type { StillApproves } from "./may-approve.ts";

export type ReleaseDependencies = {
  readonly store: Store;
  readonly commit: Commit;
  readonly appendAudit: AppendAudit;
  /** Queues events for receivers. */
  readonly announce: Announce;
  /** Whether an approver may still approve. */
  readonly stillApproves: StillApproves;
  readonly now: Clock;
};

/** One signed request for a key; kill switch, stage and freshness were checked before. */
export type ReleaseRequest = {
  readonly requestHash: string;
  readonly order: OrderId;
  readonly serial: string;
  readonly way: "unlock" | "offline-unlock";
  readonly purpose: UnlockPurpose;
  readonly reason?: string | undefined;
  readonly stage: StageName;
  /** How many kill switches were ever activated over it. */
  readonly switches: number;
  /** Key version that the node's envelope is wrapped to. */
  readonly kid: string;
  readonly actor: Actor;
  /** The caller who carried the request. */
  readonly askedBy?: Voter | undefined;
  readonly agent: string;
  readonly correlationId: string;
};
