import type { PurposeTerms } from "@databox-cmk/protocol";
import type { ReactElement } from "react";

import { PeoplePicker } from "../people/people-picker.tsx";
import { useTexts } from "../texts/texts.ts";
import { NumberField } from "./number-field.tsx";

const MOST_APPROVALS = 5;
const MINUTE_SECONDS = 60;
const MOST_MINUTES = 7 * 24 * 60;

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
        least={0}
        most={MOST_APPROVALS}
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
            least={1}
            most={MOST_MINUTES}
            onChange={(minutes) => {
              onChange({ ...approvals, expiresAfterSeconds: minutes * MINUTE_SECONDS });
            }}
          />
        </>
      )}
    </>
  );
}
