import { UNLOCK_BUDGET_CALLS, type UnlockBudgetView, UNLOCKS_PER_DAY } from "@databox-cmk/protocol";
import { Section, Time, type Fact, Facts, textOf } from "@databox-cmk/ui";
import { makeStyles, Switch, Text, tokens } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { EditableBy } from "../order/read-only.tsx";
import { useOrderPermissions } from "../order/use-may.ts";
import { useOrder, useOrderChange, useOrderPart, useUnlockPolicy } from "../order/use-order.ts";
import { NumberField } from "../shell/fields.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { SaveForm } from "../shell/save-form.tsx";
import { useTexts } from "../texts/texts.ts";
import { PolicyForm } from "./policy-form.tsx";

/** The conditions under which this order's appliances get their key, and the daily limit. */
export function UnlockPolicyPage(): ReactElement {
  const order = useOrder();
  const { properties } = order.data ?? {};
  const policy = useUnlockPolicy();
  const budget = useOrderPart(UNLOCK_BUDGET_CALLS.read);
  return (
    <OrderPage section="unlockPolicy">
      <QueryState of={policy} />
      {policy.data !== undefined && (
        <EditableBy action="writePolicy">
          <PolicyForm
            stored={policy.data}
            hasOwnKey={properties?.details?.keyEncryptionKey.kekType !== "MicrosoftManaged"}
            purpose={properties?.transferType === "ExportFromAzure" ? "fill" : "ingest"}
          />
        </EditableBy>
      )}
      <QueryProblem error={budget.error} onTryAgain={() => void budget.refetch()} />
      {budget.data !== undefined && (
        <EditableBy action="writeBudget">
          <BudgetForm stored={budget.data} />
        </EditableBy>
      )}
      <WhoMayChange />
    </OrderPage>
  );
}

const PROPOSED_UNLOCKS = 10;

const useStyles = makeStyles({
  form: {
    alignItems: "start",
    gap: tokens.spacingVerticalM,
    maxWidth: "820px",
    marginBlockStart: tokens.spacingVerticalXXL,
  },
});

/** Daily limit of the order's unlocks, saved separately since it is not part of the policy. */
function BudgetForm({ stored }: { readonly stored: UnlockBudgetView }): ReactElement {
  const styles = useStyles();
  const words = useTexts().unlockPolicy.budget;
  const [limit, setLimit] = useState(stored.unlocksPerDay);
  const saving = useOrderChange(
    "changeBudget",
    async (call, wanted: { readonly limit: number | undefined }) => {
      if (wanted.limit === undefined) await call(UNLOCK_BUDGET_CALLS.remove);
      else await call(UNLOCK_BUDGET_CALLS.write, { body: { unlocksPerDay: wanted.limit } });
    },
  );
  return (
    <SaveForm
      saving={saving}
      value={{ limit }}
      isChanged={limit !== stored.unlocksPerDay}
      button={{ label: words.save, icon: <SaveRegular />, appearance: "secondary" }}
      className={styles.form}
    >
      <Section title={words.title}>
        <Text block>
          {words.used(stored.usedToday)} <Time at={stored.resetsAt} />
        </Text>
        <Switch
          label={words.limited}
          checked={limit !== undefined}
          onChange={(_event, { checked }) => {
            setLimit(checked ? (stored.unlocksPerDay ?? PROPOSED_UNLOCKS) : undefined);
          }}
        />
        {limit !== undefined && (
          <NumberField
            label={words.most}
            hint={words.mostHint}
            value={limit}
            {...UNLOCKS_PER_DAY}
            onChange={setLimit}
          />
        )}
      </Section>
    </SaveForm>
  );
}

/** Each write that changes who decides or what guards the keys, as the service decides it. */
function WhoMayChange(): ReactElement | null {
  const words = useTexts().unlockPolicy.whoMay;
  const { data } = useOrderPermissions();
  if (data === undefined || data.changes.length === 0) return null;
  const facts = data.changes.map(({ action, effect, roles }): Fact => {
    const name = action.slice(action.indexOf("/") + 1);
    const all = data.actions.has(action) ? [...roles, words.you] : roles;
    const how = textOf(words.effects, effect) ?? effect;
    return [textOf(words.changes, name) ?? name, `${how} ${all.join(", ")}`];
  });
  return (
    <Section title={words.title}>
      <Facts columns={1} facts={facts} />
    </Section>
  );
}
