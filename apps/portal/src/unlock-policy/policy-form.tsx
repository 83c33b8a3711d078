import {
  parseWith,
  UNLOCK_POLICY_CALLS,
  unlockPolicy,
  type UnlockPolicy,
  type UnlockPolicyView,
} from "@databox-cmk/protocol";
import { Notice, Section, Time } from "@databox-cmk/ui";
import { Button, makeStyles, Switch, Text, tokens } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import type { Tagged } from "../api/client.ts";
import { codeOf } from "../api/problem-error.ts";
import { isSame } from "../core/is-same.ts";
import {
  custodyOf,
  DATACENTER_PURPOSES,
  type DatacenterPurpose,
  policyOf,
  releaseKindOf,
} from "../core/policy-draft.ts";
import { CustodyChoice } from "../custody/custody-choice.tsx";
import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { useMay } from "../order/use-may.ts";
import { useOrderChange, useOrderName } from "../order/use-order.ts";
import { useNames } from "../people/use-people.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { AlertDialog } from "../shell/alert-dialog.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SaveForm } from "../shell/save-form.tsx";
import { useTexts } from "../texts/texts.ts";
import { ApprovalTerms, LeaseTerms, OfflineTerms, type PolicyPart } from "./policy-terms.tsx";
import { PurposeConditions } from "./purpose-conditions.tsx";
import { ReleaseWindows } from "./release-windows.tsx";

const useStyles = makeStyles({
  form: { gap: tokens.spacingVerticalXXL, maxWidth: "820px" },
});

/** The whole policy; another person's changes are never overwritten unseen. */
export function PolicyForm({
  stored,
  hasOwnKey,
  purpose: own,
}: {
  readonly stored: Tagged<UnlockPolicyView>;
  readonly hasOwnKey: boolean;
  /** The one that the order has at the datacenter. */
  readonly purpose: DatacenterPurpose;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  /** The form's initial values: others' changes do not alter it while it is edited. */
  const [base, setBase] = useState(stored);
  const [policy, setPolicy] = useState<UnlockPolicy>(() => policyOf(stored.value));
  const [acceptsUnknown, setAcceptsUnknown] = useState(false);
  const saving = useOrderChange(
    "changePolicy",
    (_call, wanted: UnlockPolicy) =>
      client.callTagged(UNLOCK_POLICY_CALLS.write, {
        params: name,
        body: { ...wanted, acceptUnknownApprovers: acceptsUnknown },
        ifMatch: base.tag,
      }),
    {
      onSuccess: (written) => {
        setBase(written);
        setPolicy(policyOf(written.value));
      },
    },
  );
  const parsed = parseWith(unlockPolicy, policy, "policy");
  const isChanged = !isSame(policy, policyOf(base.value));
  const isFinal = custodyOf(base.value).kind === "split";
  const [isWarned, setIsWarned] = useState(false);
  const isStale = stored.tag !== base.tag && !saving.isPending;
  const { source, changedAt, changedBy = "" } = stored.value;
  const nameOf = useNames([changedBy]);
  return (
    <SaveForm
      saving={saving}
      value={parsed.ok ? policy : undefined}
      isChanged={isChanged}
      saved={texts.unlockPolicy.saved}
      onSave={(wanted) => {
        if (isFinal || custodyOf(wanted).kind !== "split") saving.mutate(wanted);
        else setIsWarned(true);
      }}
      className={styles.form}
    >
      <div>
        <Text block weight="semibold">
          {texts.unlockPolicy.kinds[releaseKindOf(policy.release)]}
        </Text>
        <Text block>
          {source === "default"
            ? texts.unlockPolicy.isDefault
            : texts.unlockPolicy.writtenBy(nameOf(changedBy))}{" "}
          {changedAt !== undefined && <Time at={changedAt} />}
        </Text>
      </div>
      {isStale && (
        <Notice
          intent="warning"
          actions={
            <Button
              onClick={() => {
                saving.reset();
                setBase(stored);
                setPolicy(policyOf(stored.value));
              }}
            >
              {texts.unlockPolicy.takeStored}
            </Button>
          }
        >
          {texts.unlockPolicy.stale}
        </Notice>
      )}
      <Section title={texts.unlockPolicy.windowsTitle}>
        <ReleaseWindows
          windows={policy.release.windows}
          onChange={(windows) => setPolicy({ ...policy, release: { ...policy.release, windows } })}
        />
      </Section>
      <Section title={texts.unlockPolicy.approvalsTitle}>
        <ApprovalTerms
          approvals={policy.release.approvals}
          onChange={(approvals) => {
            setPolicy({ ...policy, release: { ...policy.release, approvals } });
          }}
        />
        <EmergencyAccess policy={policy} onChange={setPolicy} />
        {hasOwnKey && (
          <Switch
            checked={policy.freshKey === true}
            label={texts.unlockPolicy.freshKey}
            onChange={(_event, { checked }) => setPolicy({ ...policy, freshKey: checked })}
          />
        )}
      </Section>
      <Section title={texts.unlockPolicy.purposes.title}>
        <Text>{texts.unlockPolicy.purposes.hint}</Text>
        {DATACENTER_PURPOSES.filter(
          (each) => each === own || policy.purposes?.[each] !== undefined,
        ).map((purpose) => (
          <PurposeConditions key={purpose} purpose={purpose} policy={policy} onChange={setPolicy} />
        ))}
      </Section>
      <Section title={texts.unlockPolicy.outageTitle}>
        <LeaseTerms policy={policy} onChange={setPolicy} />
      </Section>
      <Section title={texts.unlockPolicy.offlineTitle}>
        <OfflineTerms policy={policy} onChange={setPolicy} />
      </Section>
      <Section title={texts.custody.title}>
        <CustodyChoice
          custody={custodyOf(policy)}
          hasOwnKey={hasOwnKey}
          isFinal={isFinal}
          onChange={(custody) => setPolicy({ ...policy, custody })}
        />
      </Section>
      {isWarned && (
        <AlertDialog
          title={texts.custody.oneWay.title}
          text={texts.custody.oneWay.text}
          onDismiss={() => setIsWarned(false)}
        >
          <Button
            appearance="primary"
            onClick={() => {
              setIsWarned(false);
              saving.mutate(policy);
            }}
          >
            {texts.custody.oneWay.confirm}
          </Button>
          <Button onClick={() => setIsWarned(false)}>{texts.encryption.cancel}</Button>
        </AlertDialog>
      )}
      {(acceptsUnknown || codeOf(saving.error) === "ApproverUnknown") && (
        <Switch
          checked={acceptsUnknown}
          label={texts.unlockPolicy.acceptUnknown}
          onChange={(_event, { checked }) => setAcceptsUnknown(checked)}
        />
      )}
      {codeOf(saving.error) === "ChangeNeedsApproval" && (
        <OverridePolicy policy={policy} acceptsUnknown={acceptsUnknown} />
      )}
      {!parsed.ok && (
        <Notice intent="error">
          {texts.unlockPolicy.notWhole} <span lang="en">{parsed.detail}</span>
        </Notice>
      )}
    </SaveForm>
  );
}

/** Emergency access to every purpose, where a condition stands in the way of any of them. */
function EmergencyAccess({ policy, onChange }: PolicyPart): ReactElement | null {
  const texts = useTexts().unlockPolicy;
  const { release, purposes = {} } = policy;
  const all = [release, ...Object.values(purposes)];
  if (all.every((terms) => releaseKindOf(terms) === "automatic")) return null;
  return (
    <Switch
      checked={release.breakGlass}
      label={texts.breakGlass}
      onChange={(_event, { checked }) => {
        onChange({ ...policy, release: { ...release, breakGlass: checked } });
      }}
    />
  );
}

/** An Owner's way out of a policy whose approvers are not there any longer. */
function OverridePolicy({
  policy,
  acceptsUnknown,
}: {
  readonly policy: UnlockPolicy;
  readonly acceptsUnknown: boolean;
}): ReactElement | null {
  const texts = useTexts().unlockPolicy.override;
  const [isAsking, setIsAsking] = useState(false);
  const overriding = useOrderChange("overridePolicy", (call, reason: string) =>
    call(UNLOCK_POLICY_CALLS.override, {
      body: { reason, policy: { ...policy, acceptUnknownApprovers: acceptsUnknown } },
    }),
  );
  if (useMay("overridePolicy") !== true) return null;
  return (
    <>
      <Notice
        intent="warning"
        title={texts.title}
        actions={
          <Button disabledFocusable={overriding.isPending} onClick={() => setIsAsking(true)}>
            {texts.button}
          </Button>
        }
      >
        {overriding.data === undefined ? (
          texts.hint
        ) : (
          <>
            {texts.begun} <Time at={overriding.data.effectiveAt} />
          </>
        )}
      </Notice>
      <QueryProblem error={overriding.error} />
      {isAsking && (
        <ConfirmDialog
          title={texts.title}
          text={texts.warning}
          label={texts.reason}
          confirm={texts.button}
          onConfirm={overriding.mutate}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
