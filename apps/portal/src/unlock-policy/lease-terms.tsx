import { LEASE_TTL_SECONDS, OUTAGE_GRACE_MAX_SECONDS } from "@databox-cmk/protocol";
import type { ReactElement } from "react";

import {
  graceMinutesOf,
  graceOfMinutes,
  NAMED_GRACES,
  namedGraceOf,
} from "../core/policy-draft.ts";
import { minutesOf, NumberField } from "../shell/number-field.tsx";
import { Radios } from "../shell/radios.tsx";
import { useTexts } from "../texts/texts.ts";
import type { PolicyPart } from "./policy-part.ts";

const OTHER = "other";
const FIRST_MINUTES = 60;

/** The behaviour during an outage, and the appliance's renewal interval. */
export function LeaseTerms({ policy, onChange }: PolicyPart): ReactElement {
  const texts = useTexts().unlockPolicy;
  const named = namedGraceOf(policy.outageGrace);
  return (
    <>
      <Radios
        label={texts.grace}
        hint={texts.graceHint}
        values={[...NAMED_GRACES, OTHER]}
        names={{ ...texts.graces, [OTHER]: texts.otherGrace }}
        value={named ?? OTHER}
        onChange={(grace) => {
          onChange({
            ...policy,
            outageGrace: grace === OTHER ? graceOfMinutes(FIRST_MINUTES) : grace,
          });
        }}
      />
      {named === undefined && (
        <NumberField
          label={texts.graceMinutes}
          value={graceMinutesOf(policy.outageGrace)}
          {...minutesOf({ least: 60, most: OUTAGE_GRACE_MAX_SECONDS })}
          onChange={(minutes) => onChange({ ...policy, outageGrace: graceOfMinutes(minutes) })}
        />
      )}
      <NumberField
        label={texts.leaseTtl}
        hint={texts.leaseTtlHint}
        value={policy.leaseTtlSeconds}
        {...LEASE_TTL_SECONDS}
        onChange={(leaseTtlSeconds) => onChange({ ...policy, leaseTtlSeconds })}
      />
    </>
  );
}
