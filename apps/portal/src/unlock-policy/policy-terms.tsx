import {
  LEASE_TTL_SECONDS,
  OUTAGE_GRACE_MAX_SECONDS,
  POLICY_BOUNDS,
  type PurposeTerms,
  type UnlockPolicy,
} from "@databox-cmk/protocol";
import { Switch } from "@fluentui/react-components";
import type { ReactElement } from "react";

import {
  graceMinutesOf,
  graceOfMinutes,
  NAMED_GRACES,
  namedGraceOf,
} from "../core/policy-draft.ts";
import { PeoplePicker } from "../people/people-picker.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { minutesOf, NumberField, Radios } from "../shell/fields.tsx";
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
  const { unlockPolicy: texts, approvals: words } = useTexts();
  const { session } = useSignedIn();
  const unseen = session.readsAccounts === true ? "" : ` ${words.accounts}`;
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
            hint={`${texts.approversHint}${unseen}`}
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

/** The props of a part of the form: it shows the policy and passes on a changed one. */
export type PolicyPart = {
  readonly policy: UnlockPolicy;
  readonly onChange: (policy: UnlockPolicy) => void;
};

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
        unitSeconds={1}
        onChange={(leaseTtlSeconds) => onChange({ ...policy, leaseTtlSeconds })}
      />
    </>
  );
}

const FIRST_SECONDS = 86_400;

/** Whether a node without network can be unlocked by challenge and answer, and for how long. */
export function OfflineTerms({ policy, onChange }: PolicyPart): ReactElement {
  const texts = useTexts().unlockPolicy;
  const { allowed, lease } = policy.offline;
  return (
    <>
      <Switch
        checked={allowed}
        label={texts.offlineAllowed}
        onChange={(_event, { checked }) => {
          onChange({ ...policy, offline: { ...policy.offline, allowed: checked } });
        }}
      />
      {allowed && (
        <>
          <Radios
            label={texts.offlineLease}
            values={["duration", "boots"]}
            names={texts.leaseKinds}
            value={lease.kind}
            onChange={(kind) => {
              onChange({
                ...policy,
                offline: {
                  allowed,
                  lease: kind === "boots" ? { kind, boots: 1 } : { kind, seconds: FIRST_SECONDS },
                },
              });
            }}
          />
          {lease.kind === "duration" ? (
            <NumberField
              label={texts.leaseMinutes}
              value={Math.round(lease.seconds / MINUTE_SECONDS)}
              {...minutesOf(POLICY_BOUNDS.offlineSeconds)}
              onChange={(minutes) => {
                onChange({
                  ...policy,
                  offline: {
                    allowed,
                    lease: { kind: "duration", seconds: minutes * MINUTE_SECONDS },
                  },
                });
              }}
            />
          ) : (
            <NumberField
              label={texts.leaseBoots}
              value={lease.boots}
              {...POLICY_BOUNDS.offlineBoots}
              onChange={(boots) => {
                onChange({
                  ...policy,
                  offline: { allowed, lease: { kind: "boots", boots } },
                });
              }}
            />
          )}
        </>
      )}
    </>
  );
}
