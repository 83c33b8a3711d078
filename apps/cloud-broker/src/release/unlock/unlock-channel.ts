import type { SuiteName } from "@databox-cmk/crypto";
import type { Grant, Lease, UnlockPolicy } from "@databox-cmk/protocol";

import type { UnlockFacts } from "../../core/decide-unlock.ts";
import type { AuditEvent, Outcome } from "../../core/ports.ts";
import type { ReleaseTerms } from "../../core/release-terms.ts";
import type { WayOut } from "../../core/ways-out.ts";
import type { StoreTransaction } from "../../store/store.ts";
import type { UsedNonce } from "../message/final-facts.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";

/**
 * The channel of a request: by the network, or carried by a person. The channels differ in how they
 * prove freshness and use it up; the decision, the vault call and the commit are the same.
 */
export type UnlockChannel = {
  /** Name in the audit trail. */
  readonly action: "unlock" | "offline-unlock";
  readonly out: WayOut;
  /** Additional details of its audit row. */
  readonly detail: NonNullable<AuditEvent["detail"]>;
  /** Weakest suite that the answer may be sealed by. */
  readonly minimumSuite: SuiteName;
  /** Whether a device with an old envelope can receive the current one. */
  readonly carriesEnvelope: boolean;
  /** Hash of the nonce that proves the freshness, if there is one. */
  readonly nonceHash?: string;
  /** @param used - the request that used that nonce, if any */
  freshness(
    used: UsedNonce | undefined,
  ): Pick<UnlockFacts, "nonce" | "nonceUsedBy"> & { readonly lastCounter: number };
  /** Checks the additional conditions of this channel; nothing is used up yet. */
  permit(terms: Pick<ReleaseTerms, "offline" | "release">): Promise<Outcome<undefined>>;
  /** Of many concurrent requests, on any replica, exactly one continues. */
  useUp(): Promise<Outcome<undefined>>;
  /** The members of the lease that depend on the channel, beside the policy's terms. */
  lease(terms: Pick<UnlockPolicy, "offline">): Pick<Lease, "offline">;
  /** A grant is too late once its node holds a lease with a counter above this one. */
  readonly overtakenAbove: number;
  /** Runs in the transaction of the grant. */
  record(
    transaction: StoreTransaction,
    granted: { readonly grant: Grant; readonly grantHash: string; readonly answer: SignedAnswer },
  ): Promise<Outcome<{ readonly offlineJson: string | null }>>;
};
