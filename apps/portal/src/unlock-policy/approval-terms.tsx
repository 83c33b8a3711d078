import { POLICY_BOUNDS, type PurposeTerms } from "@databox-cmk/protocol";
import type { ReactElement } from "react";

import { PeoplePicker } from "../people/people-picker.tsx";
import { minutesOf, NumberField } from "../shell/number-field.tsx";
import { useTexts } from "../texts/texts.ts";

const MINUTE_SECONDS = 60;

/** The number of required approvals, the possible approvers, and how long a request waits. */
export function ApprovalTerms({
  approvals,
  onChange,
}: {
  readonly approvals: PurposeTerms["approvals"];
  readonly onChange: (approvals: PurposeTerms["approvals"]) => void;
}): ReactElement {
  const texts = useTexts().unlockPolicy;
  return (
    <>
      <NumberField
        label={texts.required}
        hint={texts.requiredHint}
        value={approvals.required}
        {...POLICY_BOUNDS.approvals}
        onChange={(required) => onChange({ ...approvals, required })}
      />
      {approvals.required > 0 && (
        <>
          <PeoplePicker
            label={texts.approvers}
            hint={texts.approversHint}
            ids={approvals.approvers}
            onChange={(approvers) => onChange({ ...approvals, approvers: [...approvers] })}
          />
          <NumberField
            label={texts.expiresAfter}
            hint={texts.expiresAfterHint}
            value={Math.round(approvals.expiresAfterSeconds / MINUTE_SECONDS)}
            {...minutesOf(POLICY_BOUNDS.approvalSeconds)}
            onChange={(minutes) => {
              onChange({ ...approvals, expiresAfterSeconds: minutes * MINUTE_SECONDS });
            }}
          />
        </>
      )}
    </>
  );
}
