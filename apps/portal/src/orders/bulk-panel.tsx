import {
  KEY_HEALTH_CALLS,
  OPERATOR_REVOCATION_CALLS,
  REVOCATION_CALLS,
} from "@databox-cmk/protocol";
import { FailureText, Notice, RULE_BELOW } from "@databox-cmk/ui";
import { makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { orderId, type OrderName, parseOrderId } from "../core/arm-path.ts";
import { HealthBadge } from "../order/badges.tsx";
import { useAffirmation } from "../order/loud-dialog.tsx";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { FormFields } from "../shell/form-fields.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useTexts } from "../texts/texts.ts";
import { useSingleMutation } from "../toasts/use-single-mutation.ts";
import { describePlace } from "./order-columns.ts";
import { type ChosenOrders, type OpenedPage, orderNameOf, PAGES } from "./order-table.tsx";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0 },
  row: {
    display: "flex",
    flexWrap: "wrap",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalS,
    ...RULE_BELOW,
    overflowWrap: "anywhere",
  },
});

/**
 * Does the same with chosen orders, one after the other, and shows the result of each. Once it is
 * closed, it begins with no further order.
 */
export function BulkPanel({
  orders,
  title,
  confirm,
  isReady = true,
  isFilled = false,
  opens,
  run,
  onClose,
  children,
}: ChosenOrders & {
  readonly title: string;
  /** Label of the button that begins. */
  readonly confirm: string;
  /** Every required field is filled in. */
  readonly isReady?: boolean;
  /** A field is filled in. */
  readonly isFilled?: boolean;
  /** The page that an order's name links to. Operators also see the place of the order. */
  readonly opens: OpenedPage;
  /** @returns the result, for its row */
  readonly run: (name: OrderName) => Promise<ReactNode>;
  /** Explains the action, and has its fields. */
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const queryClient = useQueryClient();
  const [results, setResults] = useState<ReadonlyMap<string, ReactNode>>(new Map());
  const [running, setRunning] = useState<AbortController>();
  useEffect(() => () => running?.abort(), [running]);
  const show = (id: string, result: ReactNode) => {
    setResults((before) => new Map(before).set(id, result));
  };
  const all = useSingleMutation({
    mutationFn: async (signal: AbortSignal) => {
      for (const { id } of orders) {
        if (signal.aborted) break;
        const name = parseOrderId(id);
        if (name === undefined) continue;
        show(id, <Spinner size="tiny" label={texts.orders.bulk.running} />);
        try {
          show(id, await run(name));
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          show(id, <FailureText text={error.problem.title} />);
        }
      }
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders });
    },
    // An unnamed error is a bug and goes to the page's error boundary.
    throwOnError: true,
  });
  const isDirty = all.isPending || (all.isIdle && isFilled);
  const leaveWords = all.isIdle ? undefined : texts.orders.bulk.stop;
  return (
    <SidePanel
      title={title}
      isDirty={isDirty}
      leaveWords={leaveWords}
      onClose={onClose}
      confirm={{
        label: confirm,
        isReady,
        isBusy: !all.isIdle,
        onConfirm: () => {
          const started = new AbortController();
          setRunning(started);
          all.mutate(started.signal);
        },
      }}
    >
      <UnsavedGuard isDirty={isDirty} words={leaveWords} />
      <FormFields isSaving={all.isPending}>{children}</FormFields>
      <ul className={styles.list} aria-label={texts.orders.bulk.orders}>
        {orders.map((order) => (
          <li key={order.id} className={styles.row}>
            <div>
              <RouterLink to={PAGES[opens]} params={orderNameOf(order)}>
                {order.name}
              </RouterLink>
              {opens === "operations" && (
                <Text size={200} block>
                  {describePlace(order)}
                </Text>
              )}
            </div>
            {results.get(order.id)}
          </li>
        ))}
      </ul>
    </SidePanel>
  );
}

/** Checks the keys of chosen orders. */
export function CheckKeysPanel({ orders, onClose }: ChosenOrders): ReactElement {
  const words = useTexts().orders.bulk.check;
  const { client } = useSignedIn();
  return (
    <BulkPanel
      orders={orders}
      title={words.title}
      confirm={words.confirm(orders.length)}
      run={async (name) => (
        <HealthBadge health={await client.call(KEY_HEALTH_CALLS.check, { params: name })} />
      )}
      opens="keyHealth"
      onClose={onClose}
    >
      <Text>{words.text}</Text>
    </BulkPanel>
  );
}

/** Activates a kill switch for each chosen order, once the reader has typed their number. */
export function RevokePanel({
  orders,
  by,
  onClose,
}: ChosenOrders & {
  /** The side whose switches they are: only it can turn them off. */
  readonly by: "customer" | "operator";
}): ReactElement {
  const texts = useTexts();
  const words = texts.orders.bulk.revoke;
  const { client } = useSignedIn();
  const { reason, isGiven, isFilled, fields } = useAffirmation(String(orders.length));
  const revokeOne = (name: OrderName) =>
    by === "customer"
      ? client.call(REVOCATION_CALLS.revoke, { params: name, body: { reason } })
      : client.call(OPERATOR_REVOCATION_CALLS.revoke, {
          params: {},
          body: { scope: { kind: "order", order: orderId(name) }, reason },
        });
  return (
    <BulkPanel
      orders={orders}
      title={words.title}
      confirm={words.confirm(orders.length)}
      isFilled={isFilled}
      opens={by === "customer" ? "keyHealth" : "operations"}
      isReady={isGiven}
      run={async (name) => (
        <Text>{texts.keyHealth.leasesEnded((await revokeOne(name)).leases)}</Text>
      )}
      onClose={onClose}
    >
      <Notice intent="error">{texts.keyHealth.revokeWarning}</Notice>
      {fields}
    </BulkPanel>
  );
}
