import type { OrderSummary } from "@databox-cmk/protocol";
import { FailureText } from "@databox-cmk/ui";
import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useState } from "react";

import { type OrderName, parseOrderId } from "../api/arm-path.ts";
import { ProblemError } from "../api/problem-error.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { RouterLink } from "../shell/router-link.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0 },
  row: {
    display: "flex",
    flexWrap: "wrap",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalS,
    borderBlockEndWidth: "1px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorNeutralStroke2,
    overflowWrap: "anywhere",
  },
});

/** Does the same with chosen orders, one after the other, and shows the result of each. */
export function BulkPanel({
  orders,
  title,
  confirm,
  isReady = true,
  run,
  onClose,
  children,
}: {
  readonly orders: readonly OrderSummary[];
  readonly title: string;
  /** Label of the button that begins. */
  readonly confirm: string;
  /** Every required field is filled in. */
  readonly isReady?: boolean;
  /** @returns the result, for its row */
  readonly run: (name: OrderName) => Promise<ReactNode>;
  readonly onClose: () => void;
  /** Explains the action, and has its fields. */
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const queryClient = useQueryClient();
  const [results, setResults] = useState<ReadonlyMap<string, ReactNode>>(new Map());
  const [isStarted, setIsStarted] = useState(false);
  const show = (id: string, result: ReactNode) => {
    setResults((before) => new Map(before).set(id, result));
  };
  const runAll = async () => {
    setIsStarted(true);
    for (const { id } of orders) {
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
    await queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders });
  };
  return (
    <SidePanel
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button
            appearance="primary"
            disabled={!isReady}
            disabledFocusable={isStarted}
            onClick={() => void runAll()}
          >
            {confirm}
          </Button>
          <Button onClick={onClose}>{texts.ui.close}</Button>
        </>
      }
    >
      {children}
      <ul className={styles.list} aria-label={texts.orders.bulk.orders}>
        {orders.map(({ id, name }) => {
          const params = parseOrderId(id);
          return (
            <li key={id} className={styles.row}>
              {params === undefined ? (
                <Text>{name}</Text>
              ) : (
                <RouterLink
                  to="/orders/$subscriptionId/$resourceGroup/$jobName/key-health"
                  params={params}
                >
                  {name}
                </RouterLink>
              )}
              {results.get(id)}
            </li>
          );
        })}
      </ul>
    </SidePanel>
  );
}
