import { OFFLINE_UNLOCK_CALLS } from "@databox-cmk/protocol";
import { CarriedTextInput, Facts, Notice, Section, Stack, textOf, Time } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { SendRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { orderId, parseOrderId } from "../core/arm-path.ts";
import { type ChallengeClaims, readChallenge, withoutBreaks } from "../core/read-message.ts";
import { OrderPage } from "../order/order-page.tsx";
import { ReadOnlyNotice } from "../order/read-only.tsx";
import { useMay } from "../order/use-may.ts";
import { useOrderName, useOrderPart, useUnlockPolicy } from "../order/use-order.ts";
import { PersonName } from "../people/person-name.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { TextField } from "../shell/fields.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { type Carried, leaseName, SubmittedChallenge } from "./submitted-challenge.tsx";

/**
 * Unlocks a node that has no network: its challenge comes here by camera, file or paste, and the
 * answer goes back.
 */
export function UnlockPage(): ReactElement {
  const texts = useTexts().unlock;
  const name = useOrderName();
  const policy = useUnlockPolicy();
  const mayUnlock = useMay("unlockOffline");
  const [carried, setCarried] = useState<Carried>();
  return (
    <OrderPage section="unlock">
      <Stack gap="L" width="L">
        <Text>{texts.intro}</Text>
        <QueryProblem error={policy.error} />
        {policy.data?.value.offline.allowed === false && (
          <Notice intent="warning">
            {texts.notAllowed}{" "}
            <RouterLink inline to={`${ORDER}/unlock-policy`} params={name}>
              {texts.toPolicy}
            </RouterLink>
          </Notice>
        )}
        {mayUnlock === false ? (
          <ReadOnlyNotice />
        ) : carried === undefined ? (
          <ChallengeForm
            approvalsRequired={policy.data?.value.release.approvals.required ?? 0}
            onSubmit={setCarried}
          />
        ) : (
          <SubmittedChallenge carried={carried} onAnother={() => setCarried(undefined)} />
        )}
        <GivenAnswers />
      </Stack>
    </OrderPage>
  );
}

/** Answers that people carried away, and the remaining number of today. */
function GivenAnswers(): ReactElement {
  const texts = useTexts().unlock;
  const given = useOrderPart(OFFLINE_UNLOCK_CALLS.list);
  return (
    <Section title={texts.givenTitle}>
      <QueryState of={given} />
      {given.data !== undefined && (
        <Text>{texts.usedToday(given.data.usedToday, given.data.limitPerDay)}</Text>
      )}
      {given.data?.value.length === 0 && <Text>{texts.noneGiven}</Text>}
      {given.data !== undefined && given.data.value.length > 0 && (
        <DataTable
          label={texts.givenTitle}
          wideFrom={768}
          columns={[
            { heading: texts.given, cell: ({ at }) => <Time at={at} /> },
            { heading: texts.node, cell: ({ serial }) => serial },
            { heading: texts.by, cell: ({ by }) => <PersonName id={by} /> },
            { heading: texts.reason, isWide: true, cell: ({ reason = "–" }) => reason },
            { heading: texts.lease, isWide: true, cell: ({ lease }) => leaseName(lease, texts) },
            {
              heading: texts.receipt,
              isWide: true,
              cell: ({ receipt = texts.noReceipt }) => receipt,
            },
          ]}
          rows={given.data.value}
          keyOf={({ challengeId }) => challengeId}
        />
      )}
    </Section>
  );
}

const REASON_MAX_CHARACTERS = 1024;

const useStyles = makeStyles({
  form: {
    display: "flex",
    flexDirection: "column",
    alignItems: "stretch",
    gap: tokens.spacingVerticalM,
  },
  submit: { alignSelf: "start" },
});

/** Takes the challenge and, if people approve, the reason. */
function ChallengeForm({
  approvalsRequired,
  onSubmit,
}: {
  readonly approvalsRequired: number;
  readonly onSubmit: (carried: Carried) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlock;
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const claims = readChallenge(text);
  const isReasonDue = approvalsRequired > 0;
  const isReady = claims !== undefined && (!isReasonDue || reason.trim() !== "");
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        onSubmit({
          challenge: withoutBreaks(text),
          reason: reason.trim() === "" ? undefined : reason.trim(),
        });
      }}
    >
      <CarriedTextInput label={texts.challenge} value={text} onChange={setText} />
      {text.trim() !== "" && claims === undefined && (
        <Notice intent="warning">{texts.noChallenge}</Notice>
      )}
      {claims !== undefined && <Claims claims={claims} />}
      <TextField
        label={texts.reason}
        hint={isReasonDue ? texts.reasonForApprovers(approvalsRequired) : texts.reasonHint}
        isRequired={isReasonDue}
        maxLength={REASON_MAX_CHARACTERS}
        value={reason}
        onChange={setReason}
      />
      <Button
        type="submit"
        appearance="primary"
        icon={<SendRegular />}
        disabled={!isReady}
        className={styles.submit}
      >
        {texts.submit}
      </Button>
    </form>
  );
}

function Claims({ claims }: { readonly claims: ChallengeClaims }): ReactElement {
  const { unlock: texts, approvals } = useTexts();
  const name = useOrderName();
  const isOfThisOrder = claims.order.toLowerCase() === orderId(name).toLowerCase();
  const other = parseOrderId(claims.order);
  return (
    <>
      {!isOfThisOrder && (
        <Notice intent="warning">
          {texts.ofAnotherOrder(other?.jobName ?? claims.order)}{" "}
          {other !== undefined && (
            <RouterLink inline to={`${ORDER}/unlock`} params={other}>
              {texts.toOtherOrder}
            </RouterLink>
          )}
        </Notice>
      )}
      <Facts
        facts={[
          [texts.node, claims.serial],
          [texts.purpose, textOf(approvals.purposes, claims.purpose) ?? claims.purpose],
          [texts.opensFor, texts.minutes(Math.round(claims.opensForSeconds / 60))],
          [texts.agent, claims.agent],
          [texts.saidAtNode, claims.reason],
        ]}
      />
    </>
  );
}
