import { EmptyState, LoadingState, Section, Stack } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { useCurrentProblems } from "./use-current-problems.ts";

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
