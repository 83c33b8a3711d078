import type { OperatorRevocationScope } from "@databox-cmk/protocol";
import { Time } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { parseOrderId } from "../api/arm-path.ts";
import type { Revocation } from "../api/revocations.ts";
import { confirmationOf, scopeOf } from "../core/revocation-scope.ts";
import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

const MEDIUM = "@media (max-width: 1023px)";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  cell: { height: "auto", paddingBlock: tokens.spacingVerticalXS, overflowWrap: "anywhere" },
  wide: { [MEDIUM]: { display: "none" } },
  narrowOnly: { display: "none", [MEDIUM]: { display: "block" } },
});

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
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.killSwitches;
  const [lifting, setLifting] = useState<Revocation>();
  return (
    <>
      <Table aria-label={words.standing} size="small" className={styles.table}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell className={styles.heading}>{words.covers}</TableHeaderCell>
            {[words.reason, words.by, words.since].map((heading) => (
              <TableHeaderCell key={heading} className={mergeClasses(styles.heading, styles.wide)}>
                {heading}
              </TableHeaderCell>
            ))}
            <TableHeaderCell className={styles.heading}>{texts.orders.commands}</TableHeaderCell>
          </TableRow>
        </TableHeader>
        <TableBody>
          {revocations.map((each) => {
            const by = each.by ?? "–";
            const since = <Time at={each.revokedAt} />;
            return (
              <TableRow key={each.id}>
                <TableCell className={styles.cell}>
                  <Covered revocation={each} />
                  <div className={styles.narrowOnly}>
                    <Text size={200} block>
                      {each.reason}
                    </Text>
                    <Text size={200} block>
                      {by}, {since}
                    </Text>
                  </div>
                </TableCell>
                <TableCell className={mergeClasses(styles.cell, styles.wide)}>
                  {each.reason}
                </TableCell>
                <TableCell className={mergeClasses(styles.cell, styles.wide)}>{by}</TableCell>
                <TableCell className={mergeClasses(styles.cell, styles.wide)}>{since}</TableCell>
                <TableCell className={styles.cell}>
                  {each.origin === "operator" ? (
                    <Button
                      size="small"
                      disabledFocusable={isBusy}
                      aria-label={`${words.restore}: ${confirmationOf(scopeOf(each))}`}
                      onClick={() => {
                        setLifting(each);
                      }}
                    >
                      {words.restore}
                    </Button>
                  ) : (
                    <Text size={200}>{words.customers}</Text>
                  )}
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
      {lifting !== undefined && (
        <ConfirmDialog
          title={words.restoreTitle}
          text={words.restoreText}
          label={texts.operator.operations.typeName(confirmationOf(scopeOf(lifting)))}
          expected={confirmationOf(scopeOf(lifting))}
          confirm={words.restore}
          onConfirm={() => {
            onRestore(scopeOf(lifting));
          }}
          onClose={() => {
            setLifting(undefined);
          }}
        />
      )}
    </>
  );
}

function Covered({ revocation }: { readonly revocation: Revocation }): ReactElement {
  const texts = useTexts();
  const words = texts.operator.killSwitches.scopes;
  const { scope, orderId = "", serial = "", subscriptionId = "" } = revocation;
  const name = parseOrderId(orderId);
  const order =
    name === undefined ? (
      orderId
    ) : (
      <RouterLink
        to="/orders/$subscriptionId/$resourceGroup/$jobName/operations"
        params={name}
        inline
      >
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
