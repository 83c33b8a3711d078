import { Checkbox, Field, Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useStorageAccounts } from "../encryption/use-azure.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import type { StepProps } from "./step.ts";

/** *Data destination*: the storage accounts that the data goes to, or comes from. */
export function DestinationStep({ order, onChange, problemOf }: StepProps): ReactElement {
  const words = useTexts().createOrder;
  const { subscriptionId, accounts, transferType } = order;
  const offered = useStorageAccounts(subscriptionId);
  const problem = problemOf("accounts") ?? problemOf("tooManyAccounts");
  return (
    <>
      <Text>{words.destinations[transferType]}</Text>
      <QueryState of={offered} />
      {offered.data?.length === 0 && <Text>{words.noAccounts}</Text>}
      <Field role="group" label={words.accounts} required validationMessage={problem}>
        <div>
          {offered.data?.map(({ id, name, location }) => (
            <div key={id}>
              <Checkbox
                label={`${name} (${location})`}
                checked={accounts.includes(id)}
                onChange={(_event, { checked }) => {
                  const others = accounts.filter((each) => each !== id);
                  onChange({ accounts: checked === true ? [...others, id] : others });
                }}
              />
            </div>
          ))}
        </div>
      </Field>
    </>
  );
}
