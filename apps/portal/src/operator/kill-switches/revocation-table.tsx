import type { OperatorRevocationScope } from "@databox-cmk/protocol";
import { Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { parseOrderId } from "../../core/arm-path.ts";
import { confirmationOf, type Revocation, scopeOf } from "../../core/revocation-scope.ts";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { PersonName } from "../../people/person-name.tsx";
import { DataTable } from "../../shell/data-table.tsx";
import { ORDER, RouterLink } from "../../shell/router-link.tsx";
import { useTexts } from "../../texts/texts.ts";

/** Active kill switches; only customers can turn off their own. */
export function RevocationTable({
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
  const { scope, orderId = "", serial = "", subscriptionId = "" } = revocation;
  const name = parseOrderId(orderId);
  const order =
    name === undefined ? (
      orderId
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
