import type { ReactElement } from "react";

import {
  graceMinutesOf,
  graceOfMinutes,
  NAMED_GRACES,
  namedGraceOf,
} from "../core/policy-draft.ts";
import { Radios } from "../shell/radios.tsx";
import { useTexts } from "../texts/texts.ts";
import { NumberField } from "./number-field.tsx";
import type { PolicyPart } from "./policy-part.ts";

const OTHER = "other";
const FIRST_MINUTES = 60;
const MOST_MINUTES = 366 * 24 * 60;
const LEAST_TTL_SECONDS = 10;
const MOST_TTL_SECONDS = 3600;

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
          least={1}
          most={MOST_MINUTES}
          onChange={(minutes) => onChange({ ...policy, outageGrace: graceOfMinutes(minutes) })}
        />
      )}
      <NumberField
        label={texts.leaseTtl}
        hint={texts.leaseTtlHint}
        value={policy.leaseTtlSeconds}
        least={LEAST_TTL_SECONDS}
        most={MOST_TTL_SECONDS}
        onChange={(leaseTtlSeconds) => onChange({ ...policy, leaseTtlSeconds })}
      />
    </>
  );
}
