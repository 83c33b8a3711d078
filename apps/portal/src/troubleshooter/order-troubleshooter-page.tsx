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
import { shownCauses, untoldFailures } from "../core/shown-causes.ts";
import { Causes } from "../next-step/causes.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { useOrderName, useVerdict } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { partQuery, usePart } from "../queries/use-part.ts";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

type FailedUnlock = { readonly serial?: string | undefined; readonly problem: Problem };

const UNLOCKS = { newestFirst: "true", action: "unlock,offline-unlock" } as const;

/** The causes that are in the way of an unlock, and others that made the last one fail. */
export function OrderTroubleshooterPage(): ReactElement {
  const texts = useTexts().troubleshooter;
  const verdict = useVerdict();
  const unlocks = useFailedUnlocks();
  const errors = [verdict.error, ...unlocks.errors].filter((error) => error !== null);
  const causes = verdict.data?.causes ?? [];
  const past = untoldFailures(unlocks.problems, causes);
  const isPending = verdict.isPending || unlocks.isPending;
  const isFine = shownCauses(causes).length === 0 && past.length === 0;
  return (
    <OrderPage section="troubleshoot">
      <Stack gap="L">
        {errors.map((error) => (
          <QueryProblem key={error.message} error={error} />
        ))}
        {isPending && <LoadingState />}
        {!isPending && errors.length === 0 && isFine && (
          <EmptyState icon={<CheckmarkCircleRegular />} title={texts.nothingFails}>
            <Text>{texts.nothingFailsHint}</Text>
          </EmptyState>
        )}
        {verdict.data !== undefined && <Causes verdict={verdict.data} />}
        {past.map(({ serial, problem }) => (
          <Section key={serial ?? ""} title={texts.of.node(serial ?? "")}>
            <ProblemPanel problem={problem} />
          </Section>
        ))}
        <RouterLink to="/troubleshooter">{texts.searchAll}</RouterLink>
      </Stack>
    </OrderPage>
  );
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
    problems: diagnostics.flatMap(({ data }, index): FailedUnlock[] => {
      const problem = data?.problem;
      const serial = failed[index]?.row.serial;
      return problem === undefined ? [] : [{ problem, serial }];
    }),
    isPending: activity.isPending || diagnostics.some((each) => each.isPending),
    errors: [activity.error, ...diagnostics.map(({ error }) => error)],
  };
}

function isFailed({ row }: ActivityEntry): boolean {
  return row.code !== undefined && row.correlationId !== undefined;
}
