import { OPERATOR_REVOCATION_CALLS, type OperatorRevocationScope } from "@databox-cmk/protocol";
import { Notice, Row, Section, Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { ShieldDismissRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { orderId, type OrderName, parseOrderId } from "../../core/arm-path.ts";
import {
  confirmationOf,
  covers,
  decideScope,
  type Revocation,
  scopeOf,
} from "../../core/revocation-scope.ts";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { useAffirmation } from "../../order/loud-dialog.tsx";
import { PersonName } from "../../people/person-name.tsx";
import { QUERY_KEYS } from "../../queries/query-keys.ts";
import { useSignedIn } from "../../queries/session-context.ts";
import { usePart } from "../../queries/use-part.ts";
import { DataTable } from "../../shell/data-table.tsx";
import { TextField } from "../../shell/fields.tsx";
import { FormDialog } from "../../shell/form-dialog.tsx";
import { QueryProblem, QueryState } from "../../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../../shell/router-link.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useAction } from "../../toasts/use-action.tsx";

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

/** Active kill switches; only customers can turn off their own. */
function RevocationTable({
  revocations,
  isBusy,
  onRestore,
}: {
  readonly revocations: readonly Revocation[];
  readonly isBusy: boolean;
  readonly onRestore: (scope: OperatorRevocationScope) => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.killSwitches;
  const [lifting, setLifting] = useState<Revocation>();
  return (
    <>
      <DataTable
        label={words.standing}
        columns={[
          { heading: words.covers, cell: (each) => <Covered revocation={each} /> },
          { heading: words.reason, isWide: true, cell: ({ reason }) => reason },
          {
            heading: words.by,
            isWide: true,
            cell: ({ by }) => (by === undefined ? "–" : <PersonName id={by} />),
          },
          {
            heading: words.since,
            isWide: true,
            cell: ({ revokedAt }) => <Time at={revokedAt} />,
          },
          {
            heading: texts.orders.commands,
            cell: (each) =>
              each.origin === "operator" ? (
                <Button
                  size="small"
                  disabledFocusable={isBusy}
                  aria-label={`${words.restore}: ${confirmationOf(scopeOf(each))}`}
                  onClick={() => setLifting(each)}
                >
                  {words.restore}
                </Button>
              ) : (
                <Text size={200}>{words.customers}</Text>
              ),
          },
        ]}
        rows={revocations}
        keyOf={({ id }) => id}
      />
      {lifting !== undefined && (
        <ConfirmDialog
          title={words.restoreTitle}
          text={words.restoreText}
          label={texts.loud.typeName(confirmationOf(scopeOf(lifting)))}
          expected={confirmationOf(scopeOf(lifting))}
          confirm={words.restore}
          onConfirm={() => onRestore(scopeOf(lifting))}
          onClose={() => setLifting(undefined)}
        />
      )}
    </>
  );
}

function Covered({ revocation }: { readonly revocation: Revocation }): ReactElement {
  const words = useTexts().operator.killSwitches.scopes;
  const { scope, orderId: ofOrder = "", serial = "", subscriptionId = "" } = revocation;
  const name = parseOrderId(ofOrder);
  const order =
    name === undefined ? (
      ofOrder
    ) : (
      <RouterLink to={`${ORDER}/operations`} params={name} inline>
        {name.jobName}
      </RouterLink>
    );
  if (scope === "fleet") return <>{words.fleet}</>;
  if (scope === "subscription") return <>{`${words.subscription} ${subscriptionId}`}</>;
  if (scope === "order")
    return (
      <>
        {words.order} {order}
      </>
    );
  return (
    <>
      {words.node} {serial} ({order})
    </>
  );
}
