import type { ReactElement } from "react";

import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { Choice } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** A subscription of the reader. */
export function SubscriptionChoice({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (subscriptionId: string) => void;
}): ReactElement {
  const { data = [], isPending, error } = useSubscriptions();
  return (
    <>
      <QueryProblem error={error} />
      <Choice
        label={useTexts().orders.subscription}
        value={value}
        isLoading={isPending}
        options={data.map(({ subscriptionId, displayName }) => ({
          value: subscriptionId,
          name: displayName,
        }))}
        onChange={onChange}
      />
    </>
  );
}
