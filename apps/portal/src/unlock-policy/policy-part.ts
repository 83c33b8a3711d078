import type { UnlockPolicy } from "@databox-cmk/protocol";

/** A part of the form shows the policy and hands on a changed one. */
export type PolicyPart = {
  readonly policy: UnlockPolicy;
  readonly onChange: (policy: UnlockPolicy) => void;
};
