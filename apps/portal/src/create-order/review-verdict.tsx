import type { CloudError } from "@databox-cmk/protocol";
import { LoadingState, Notice } from "@databox-cmk/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";

import type { problemsOf } from "../core/new-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/**
 * Whether an order can be placed: missing values first, then the service's validation of the whole.
 */
export function ReviewVerdict({
  problems,
  validation,
}: {
  readonly problems: ReturnType<typeof problemsOf>;
  readonly validation: UseQueryResult<readonly CloudError[]>;
}): ReactElement {
  const words = useTexts().createOrder;
  if (problems.length > 0)
    return (
      <Notice intent="error">
        {words.notWhole}
        {problems.map(({ problem, step }) => (
          <div key={problem}>{`${words.steps[step]}: ${words.problems[problem]}`}</div>
        ))}
      </Notice>
    );
  if (validation.error !== null)
    return <QueryProblem error={validation.error} onTryAgain={() => void validation.refetch()} />;
  if (validation.data === undefined) return <LoadingState />;
  if (validation.data.length === 0) return <Notice intent="success">{words.whole}</Notice>;
  return (
    <Notice intent="error">
      {words.refused}
      {validation.data.map(({ target, message }) => (
        <div key={target}>{message}</div>
      ))}
    </Notice>
  );
}
