import {
  ACTIVITY_CALLS,
  type ActivityEntry,
  DIAGNOSTICS_CALLS,
  type DiagnosticsView,
} from "@databox-cmk/protocol";
import { EmptyState, LoadingState, type Problem, Section, Stack } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import { useQueries } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { diagnosticsOf } from "../api/diagnostics.ts";
import { newestOfEachNode } from "../core/newest-of-each-node.ts";
import { OrderPage } from "../order/order-page.tsx";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { useKeyHealth, useOrder, useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { partQuery, usePart } from "../queries/use-part.ts";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

type CurrentProblem = {
  readonly of: "order" | "key" | "node";
  readonly serial?: string | undefined;
  readonly problem: Problem;
};

const UNLOCKS = { newestFirst: "true", action: "unlock,offline-unlock" } as const;

/** The order's present failures: the cause, who must act, and the steps. */
export function OrderTroubleshooterPage(): ReactElement {
  const texts = useTexts().troubleshooter;
  const { problems, isPending, errors } = useCurrentProblems();
  return (
    <OrderPage section="troubleshoot">
      <Stack gap="L">
        {errors.map((error) => (
          <QueryProblem key={error.message} error={error} />
        ))}
        {isPending && <LoadingState />}
        {!isPending && errors.length === 0 && problems.length === 0 && (
          <EmptyState icon={<CheckmarkCircleRegular />} title={texts.nothingFails}>
            <Text>{texts.nothingFailsHint}</Text>
          </EmptyState>
        )}
        {problems.map(({ of, serial, problem }) => (
          <Section key={`${of}/${serial ?? ""}`} title={texts.of[of](serial ?? "")}>
            <ProblemPanel problem={problem} />
          </Section>
        ))}
        <RouterLink to="/troubleshooter">{texts.searchAll}</RouterLink>
      </Stack>
    </OrderPage>
  );
}

/** The order's present problems: its stage, its key, and each node whose last unlock failed. */
function useCurrentProblems() {
  const order = useOrder();
  const health = useKeyHealth();
  const orderProblem = useCloudProblem(order.data?.properties.error);
  const keyProblem = useCloudProblem(health.data?.error);
  const unlocks = useFailedUnlocks();
  const problems: CurrentProblem[] = [
    ...(orderProblem === undefined ? [] : [{ of: "order" as const, problem: orderProblem }]),
    ...(keyProblem === undefined ? [] : [{ of: "key" as const, problem: keyProblem }]),
    ...unlocks.problems,
  ];
  return {
    problems,
    isPending: order.isPending || health.isPending || unlocks.isPending,
    errors: [order.error, health.error, ...unlocks.errors].filter((error) => error !== null),
  };
}

function useFailedUnlocks() {
  const { client } = useSignedIn();
  const name = useOrderName();
  const activity = usePart(ACTIVITY_CALLS.view, { params: name, query: UNLOCKS });
  const failed = newestOfEachNode(activity.data?.value ?? []).filter(isFailed);
  const diagnostics = useQueries({
    queries: failed.map(({ sequence, row: { correlationId = "" } }) => ({
      ...partQuery(client, DIAGNOSTICS_CALLS.read, { params: { ...name, correlationId } }),
      select: (view: DiagnosticsView) => diagnosticsOf(view, sequence),
      staleTime: Infinity,
    })),
  });
  return {
    problems: diagnostics.flatMap(({ data }, index): CurrentProblem[] => {
      const problem = data?.problem;
      const serial = failed[index]?.row.serial;
      return problem === undefined ? [] : [{ of: "node", problem, serial }];
    }),
    isPending: activity.isPending || diagnostics.some((each) => each.isPending),
    errors: [activity.error, ...diagnostics.map(({ error }) => error)],
  };
}

function isFailed({ row }: ActivityEntry): boolean {
  return row.code !== undefined && row.correlationId !== undefined;
}
