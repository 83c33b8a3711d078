import type { KeyHealthView, OrderSummary } from "@databox-cmk/protocol";
import { FailureText } from "@databox-cmk/ui";
import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { parseOrderId } from "../api/arm-path.ts";
import { checkKeyHealth } from "../api/key-health.ts";
import { ProblemError } from "../api/problem-error.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { RouterLink } from "../shell/router-link.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { HealthBadge } from "./health-badge.tsx";

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

type Result = "running" | KeyHealthView | ProblemError;

/** Checks the keys of chosen orders one after the other, and shows the result of each. */
export function CheckKeysPanel({
  orders,
  onClose,
}: {
  readonly orders: readonly OrderSummary[];
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.orders.bulk;
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [isStarted, setIsStarted] = useState(false);
  const show = (id: string, result: Result) => {
    setResults((before) => new Map(before).set(id, result));
  };
  const run = async () => {
    setIsStarted(true);
    for (const { id } of orders) {
      const name = parseOrderId(id);
      if (name === undefined) continue;
      show(id, "running");
      try {
        show(id, await checkKeyHealth(client, name));
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        show(id, error);
      }
    }
    await queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders });
  };
  return (
    <SidePanel
      title={words.title}
      onClose={onClose}
      footer={
        <>
          <Button appearance="primary" disabledFocusable={isStarted} onClick={() => void run()}>
            {words.confirm(orders.length)}
          </Button>
          <Button onClick={onClose}>{texts.ui.close}</Button>
        </>
      }
    >
      <Text>{words.text}</Text>
      <ul className={styles.list} aria-label={words.results}>
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
              <ResultText result={results.get(id)} />
            </li>
          );
        })}
      </ul>
    </SidePanel>
  );
}

function ResultText({ result }: { readonly result: Result | undefined }): ReactElement | null {
  const words = useTexts().orders.bulk;
  if (result === undefined) return null;
  if (result === "running") return <Spinner size="tiny" label={words.running} />;
  if (result instanceof ProblemError) return <FailureText text={result.problem.title} />;
  return <HealthBadge health={result} />;
}
