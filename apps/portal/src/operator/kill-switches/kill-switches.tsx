import { OPERATOR_REVOCATION_CALLS, type OperatorRevocationScope } from "@databox-cmk/protocol";
import { Notice, Row, Section } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { ShieldDismissRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { orderId, type OrderName } from "../../core/arm-path.ts";
import { confirmationOf, covers, decideScope } from "../../core/revocation-scope.ts";
import { useAffirmation } from "../../order/loud-dialog.tsx";
import { QUERY_KEYS } from "../../queries/query-keys.ts";
import { useSignedIn } from "../../queries/session-context.ts";
import { usePart } from "../../queries/use-part.ts";
import { TextField } from "../../shell/fields.tsx";
import { FormDialog } from "../../shell/form-dialog.tsx";
import { QueryProblem, QueryState } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useAction } from "../../toasts/use-action.tsx";
import { RevocationTable } from "./revocation-table.tsx";

/** The operator's kill switches: over all customers, or those over one order. */
export function KillSwitches({
  order,
}: {
  readonly order?: { readonly name: OrderName; readonly serials: readonly string[] } | undefined;
}): ReactElement {
  const words = useTexts().operator.killSwitches;
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<RevokeWhat>();
  const revocations = usePart(
    OPERATOR_REVOCATION_CALLS.list,
    { params: {} },
    { select: ({ value }) => value },
  );
  const refresh = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders }),
      queryClient.invalidateQueries({ queryKey: ["order"] }),
    ]);
  const thrown = useAction("activateKillSwitch", {
    mutationFn: (body: { scope: OperatorRevocationScope; reason: string }) =>
      client.call(OPERATOR_REVOCATION_CALLS.revoke, { params: {}, body }),
    onSettled: refresh,
  });
  const lifted = useAction("turnOffKillSwitch", {
    mutationFn: (scope: OperatorRevocationScope) =>
      client.call(OPERATOR_REVOCATION_CALLS.restore, { params: {}, body: { scope } }),
    onSettled: refresh,
  });
  const id = order === undefined ? undefined : orderId(order.name);
  const choices: readonly RevokeWhat[] =
    order === undefined || id === undefined
      ? ["order", "subscription", "fleet"]
      : [
          { kind: "order", order: id },
          ...order.serials.map((serial) => ({ kind: "node", order: id, serial }) as const),
        ];
  const standing = revocations.data?.filter((each) => id === undefined || covers(each, id));
  return (
    <Section title={words.title}>
      <Text>{words.text}</Text>
      <Row>
        {choices.map((what) => (
          <Button
            key={JSON.stringify(what)}
            icon={<ShieldDismissRegular />}
            disabledFocusable={thrown.isPending}
            onClick={() => setAsking(what)}
          >
            {typeof what === "string" ? words.revoke[what] : words.revokeThis(what)}
          </Button>
        ))}
      </Row>
      <QueryProblem error={thrown.error} />
      <QueryProblem error={lifted.error} />
      {thrown.isSuccess && <Notice intent="success">{words.thrown(thrown.data.leases)}</Notice>}
      <QueryState of={revocations} />
      {standing?.length === 0 && <Text>{words.none}</Text>}
      {standing !== undefined && standing.length > 0 && (
        <RevocationTable
          revocations={standing}
          isBusy={lifted.isPending || thrown.isPending}
          onRestore={(scope) => {
            thrown.reset();
            lifted.mutate(scope);
          }}
        />
      )}
      {asking !== undefined && (
        <RevokeDialog
          what={asking}
          onConfirm={(scope, reason) => {
            setAsking(undefined);
            thrown.mutate({ scope, reason });
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Section>
  );
}

/** A scope, or its kind while its name is still to be typed. */
type RevokeWhat =
  | "fleet"
  | "subscription"
  | "order"
  | Extract<OperatorRevocationScope, { order: string }>;

/** Shown before a kill switch is activated: its scope, the reason, and a word typed in full. */
function RevokeDialog({
  what,
  onConfirm,
  onClose,
}: {
  readonly what: RevokeWhat;
  readonly onConfirm: (scope: OperatorRevocationScope, reason: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const words = useTexts().operator.killSwitches;
  const [name, setName] = useState("");
  const scope = typeof what === "string" ? decideScope(what, name) : what;
  const affirmation = useAffirmation(scope && confirmationOf(scope), words.reasonHint);
  return (
    <FormDialog
      title={typeof what === "string" ? words.revoke[what] : words.revokeThis(what)}
      confirm={words.revokeNow}
      isReady={affirmation.isGiven}
      onConfirm={() => {
        if (scope !== undefined) onConfirm(scope, affirmation.reason);
      }}
      onClose={onClose}
    >
      {words.dialogText}
      {(what === "subscription" || what === "order") && (
        <TextField
          label={what === "order" ? words.orderId : words.subscriptionId}
          isRequired
          problem={name !== "" && scope === undefined ? words.notThat[what] : undefined}
          value={name}
          onChange={setName}
        />
      )}
      {affirmation.fields}
    </FormDialog>
  );
}
