import { CarriedTextInput, Facts, Notice } from "@databox-cmk/ui";
import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { SendRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { orderId } from "../core/arm-path.ts";
import { type ChallengeClaims, readChallenge, withoutBreaks } from "../core/read-message.ts";
import { useOrderName } from "../order/use-order.ts";
import { TextField } from "../shell/fields.tsx";
import { useTexts } from "../texts/texts.ts";
import type { Carried } from "./submitted-challenge.tsx";

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
export function ChallengeForm({
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
  return (
    <>
      {!isOfThisOrder && (
        <Notice intent="warning">
          {texts.ofAnotherOrder(claims.order.split("/").at(-1) ?? claims.order)}
        </Notice>
      )}
      <Facts
        facts={[
          [texts.node, claims.serial],
          [texts.purpose, approvals.purposes[claims.purpose] ?? claims.purpose],
          [texts.opensFor, texts.minutes(Math.round(claims.opensForSeconds / 60))],
          [texts.agent, claims.agent],
          [texts.saidAtNode, claims.reason],
        ]}
      />
    </>
  );
}
