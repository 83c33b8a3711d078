import { APPROVAL_CALLS, type ApprovalView } from "@databox-cmk/protocol";
import { Notice, Row } from "@databox-cmk/ui";
import { Button, Card, CardHeader, makeStyles, Text, tokens } from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { type OrderName, parseOrderId } from "../core/arm-path.ts";
import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { ApprovalFacts, ApprovalState } from "./approval-facts.tsx";

const useStyles = makeStyles({
  card: { rowGap: tokens.spacingVerticalM },
  head: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    overflowWrap: "anywhere",
  },
});

/** One request for a key, with the buttons to approve and to reject it. */
export function ApprovalCard({
  approval,
  isOrderNamed,
}: {
  readonly approval: ApprovalView;
  /** Names the order in a list with requests of several orders. */
  readonly isOrderNamed: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().approvals;
  const name = parseOrderId(approval.orderId);
  const change = approval.effectiveAt === undefined ? texts.changeAsks : texts.overrideAsks;
  const subject = approval.way === "change" ? change : texts.nodeAsks(approval.serial);
  return (
    <Card className={styles.card} role="article" aria-label={subject}>
      <CardHeader
        header={
          <span className={styles.head}>
            {isOrderNamed && name !== undefined ? (
              <RouterLink to={`${ORDER}/approvals`} params={name}>
                {approval.orderName}
              </RouterLink>
            ) : (
              <Text weight="semibold">{subject}</Text>
            )}
            <ApprovalState approval={approval} />
          </span>
        }
      />
      <ApprovalFacts approval={approval} />
      {approval.way === "network" && approval.reason !== undefined && approval.mayDecide && (
        <Notice intent="warning">{texts.claim}</Notice>
      )}
      <DecisionButtons approval={approval} />
    </Card>
  );
}

/** Approve and reject, as far as the reader may. */
export function DecisionButtons({
  approval,
}: {
  readonly approval: ApprovalView;
}): ReactElement | null {
  const texts = useTexts().approvals;
  const name = parseOrderId(approval.orderId);
  const { verdict, ask, dialog, error } = useDecision(approval, name);
  return (
    <>
      <QueryProblem error={error} />
      {(approval.mayReject ?? approval.mayDecide) && name !== undefined && (
        <Row>
          {approval.mayDecide && (
            <Button
              appearance="primary"
              icon={<CheckmarkRegular />}
              disabledFocusable={verdict !== undefined}
              onClick={() => ask("approve")}
            >
              {texts.approve}
            </Button>
          )}
          <Button
            icon={<DismissRegular />}
            disabledFocusable={verdict !== undefined}
            onClick={() => ask("reject")}
          >
            {texts.reject}
          </Button>
        </Row>
      )}
      {dialog}
    </>
  );
}

type Verdict = "approve" | "reject";
type Decision = { readonly verdict: Verdict; readonly reason: string };

function useDecision(approval: ApprovalView, name: OrderName | undefined) {
  const texts = useTexts().approvals;
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<Verdict>();
  const decision = useAction(({ verdict }: Decision) => verdict, {
    mutationFn: async (said: Decision) => {
      if (name === undefined) return;
      const params = { ...name, approvalId: approval.id };
      await client.call(APPROVAL_CALLS[said.verdict], { params, body: { reason: said.reason } });
    },
    onSettled: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: QUERY_KEYS.waitingApprovals }),
        ...(name === undefined
          ? []
          : [queryClient.invalidateQueries({ queryKey: QUERY_KEYS.order(name) })]),
      ]);
    },
  });
  const dialog = asked !== undefined && (
    <ConfirmDialog
      title={
        approval.way === "change"
          ? texts.dialogs[asked].changeTitle
          : texts.dialogs[asked].title(approval.serial)
      }
      text={texts.dialogs[asked].text}
      label={texts.yourReason}
      confirm={texts[asked]}
      onConfirm={(reason) => decision.mutate({ verdict: asked, reason })}
      onClose={() => setAsked(undefined)}
    />
  );
  return {
    verdict: decision.isPending ? decision.variables.verdict : undefined,
    error: decision.error,
    ask: setAsked,
    dialog,
  };
}
