import { Switch } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { PeoplePicker } from "../people/people-picker.tsx";
import { useTexts } from "../texts/texts.ts";
import { NumberField } from "./number-field.tsx";
import type { PolicyPart } from "./policy-part.ts";

const MOST_APPROVALS = 5;
const MINUTE_SECONDS = 60;
const MOST_MINUTES = 7 * 24 * 60;

/** The number of required approvals, the possible approvers, and emergency access. */
export function ApprovalTerms({ policy, onChange }: PolicyPart): ReactElement {
  const texts = useTexts().unlockPolicy;
  const { approvals, breakGlass, windows } = policy.release;
  const changeApprovals = (change: Partial<typeof approvals>) => {
    onChange({
      ...policy,
      release: { ...policy.release, approvals: { ...approvals, ...change } },
    });
  };
  return (
    <>
      <NumberField
        label={texts.required}
        hint={texts.requiredHint}
        value={approvals.required}
        least={0}
        most={MOST_APPROVALS}
        onChange={(required) => {
          changeApprovals({ required });
        }}
      />
      {approvals.required > 0 && (
        <>
          <PeoplePicker
            label={texts.approvers}
            hint={texts.approversHint}
            ids={approvals.approvers}
            onChange={(approvers) => {
              changeApprovals({ approvers: [...approvers] });
            }}
          />
          <NumberField
            label={texts.expiresAfter}
            hint={texts.expiresAfterHint}
            value={Math.round(approvals.expiresAfterSeconds / MINUTE_SECONDS)}
            least={1}
            most={MOST_MINUTES}
            onChange={(minutes) => {
              changeApprovals({ expiresAfterSeconds: minutes * MINUTE_SECONDS });
            }}
          />
        </>
      )}
      {(approvals.required > 0 || windows.length > 0) && (
        <Switch
          checked={breakGlass}
          label={texts.breakGlass}
          onChange={(_event, { checked }) => {
            onChange({ ...policy, release: { ...policy.release, breakGlass: checked } });
          }}
        />
      )}
    </>
  );
}
