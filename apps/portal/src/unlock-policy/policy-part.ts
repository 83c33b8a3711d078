import type { UnlockPolicy } from "@databox-cmk/protocol";

/** The props of a part of the form: it shows the policy and passes on a changed one. */
export type PolicyPart = {
  readonly policy: UnlockPolicy;
  readonly onChange: (policy: UnlockPolicy) => void;
};
