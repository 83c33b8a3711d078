import type { SuiteName } from "@databox-cmk/crypto";
import type { Grant, Lease, UnlockPolicy } from "@databox-cmk/protocol";
import type { Transaction } from "kysely";

import type { UnlockFacts } from "../../core/decide-unlock.ts";
import type { Outcome } from "../../core/ports.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
import type { UsedNonce } from "./release-facts.ts";

/**
 * How a question came: by the network, or carried by a person. What differs is what makes it fresh and how it is used up;
 * the decision, the vault and the commit are the same.
 */
export type UnlockWay = {
  /** Name in the audit trail. */
  readonly action: "unlock" | "offline-unlock";
  /** What its audit row says beside what all say. */
  readonly detail: Readonly<Record<string, string>>;
  /** Weakest suite that the answer may be sealed by. */
  readonly minimumSuite: SuiteName;
  /** The device holds an old envelope and can be sent the current one. */
  readonly carriesEnvelope: boolean;
  /** Of the nonce that makes the question fresh, where one does. */
  readonly nonceHash?: string;
  /** @param used - what used that nonce up, if anything did */
  freshness(
    used: UsedNonce | undefined,
  ): Pick<UnlockFacts, "nonce" | "nonceUsedBy"> & { readonly lastCounter: number };
  /** What this way asks for beyond what every unlock needs; nothing is used up yet. */
  permit(policy: UnlockPolicy): Promise<Outcome<undefined>>;
  /** Of many that race, on whatever replica, exactly one gets further. */
  useUp(): Promise<Outcome<undefined>>;
  /** What the lease has of this way, beside the policy's terms. */
  lease(policy: UnlockPolicy): Pick<Lease, "offline">;
  /** A grant is too late once its node holds a lease with a counter above this one. */
  readonly overtakenAbove: number;
  /** In the transaction of the grant. */
  record(
    transaction: Transaction<BrokerTables>,
    granted: { readonly grant: Grant; readonly grantHash: string; readonly answer: SignedAnswer },
  ): Promise<Outcome<{ readonly offlineJson: string | null }>>;
};
