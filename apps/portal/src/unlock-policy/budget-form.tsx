import type { UnlockBudgetView } from "@databox-cmk/protocol";
import { Section, Time } from "@databox-cmk/ui";
import { Button, makeStyles, Switch, Text, tokens } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { writeUnlockBudget } from "../api/unlock-budget.ts";
import { useOrderName, useRefreshOrder } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { NumberField } from "./number-field.tsx";

/** The initial proposal, and the API's maximum. */
const [PROPOSED_UNLOCKS, MOST_UNLOCKS] = [10, 100_000];

const useStyles = makeStyles({
  form: {
    display: "flex",
    flexDirection: "column",
    alignItems: "start",
    gap: tokens.spacingVerticalM,
    maxWidth: "820px",
    marginBlockStart: tokens.spacingVerticalXXL,
  },
});

/** Daily limit of the order's unlocks, saved separately since it is not part of the policy. */
export function BudgetForm({ stored }: { readonly stored: UnlockBudgetView }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const [limit, setLimit] = useState(stored.unlocksPerDay);
  const saving = useAction("changeBudget", {
    mutationFn: () => writeUnlockBudget(client, name, limit),
    onSettled: refresh,
  });
  const words = texts.unlockPolicy.budget;
  const change = (next: number | undefined) => {
    saving.reset();
    setLimit(next);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <UnsavedGuard isDirty={limit !== stored.unlocksPerDay && !saving.isPending} />
      <Section title={words.title}>
        <Text block>
          {words.used(stored.usedToday)} <Time at={stored.resetsAt} />
        </Text>
        <Switch
          label={words.limited}
          checked={limit !== undefined}
          onChange={(_event, { checked }) => {
            change(checked ? (stored.unlocksPerDay ?? PROPOSED_UNLOCKS) : undefined);
          }}
        />
        {limit !== undefined && (
          <NumberField
            label={words.most}
            hint={words.mostHint}
            value={limit}
            least={1}
            most={MOST_UNLOCKS}
            onChange={change}
          />
        )}
      </Section>
      {saving.error !== null && <QueryProblem error={saving.error} />}
      <Button
        type="submit"
        icon={<SaveRegular />}
        disabled={limit === stored.unlocksPerDay}
        disabledFocusable={saving.isPending}
      >
        {words.save}
      </Button>
    </form>
  );
}
