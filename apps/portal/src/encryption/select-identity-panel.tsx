import { LoadingState } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { SubscriptionChoice } from "../orders/subscription-choice.tsx";
import { Radios } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { useUserIdentities } from "./use-azure.ts";

/**
 * *Select a user identity*: one of the customer's own; none can be created here, as in the Azure
 * portal.
 */
export function SelectIdentityPanel({
  subscriptionId: first,
  start,
  onSelect,
  onClose,
}: {
  /** The subscription that the panel starts with. */
  readonly subscriptionId: string;
  readonly start: string | undefined;
  readonly onSelect: (resourceId: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const [subscriptionId, setSubscriptionId] = useState(start?.split("/")[2] ?? first);
  const [chosen, setChosen] = useState(start);
  const identities = useUserIdentities(subscriptionId);
  const selected = identities.data?.find(({ id }) => id.toLowerCase() === chosen?.toLowerCase());
  return (
    <SidePanel
      title={texts.encryption.selectIdentity}
      onClose={onClose}
      confirm={{
        label: texts.encryption.select,
        isReady: selected !== undefined,
        onConfirm: () => {
          if (selected !== undefined) onSelect(selected.id);
        },
      }}
      footer={<Button onClick={onClose}>{texts.encryption.cancel}</Button>}
    >
      <SubscriptionChoice value={subscriptionId} onChange={setSubscriptionId} />
      {identities.isPending && <LoadingState />}
      <QueryProblem error={identities.error} />
      {identities.data?.length === 0 && <Text>{texts.encryption.noIdentities}</Text>}
      {identities.data !== undefined && identities.data.length > 0 && (
        <Radios
          label={texts.encryption.userIdentities}
          values={identities.data.map(({ id }) => id)}
          names={Object.fromEntries(
            identities.data.map(({ id, name }) => [id, `${name} (${id.split("/")[4] ?? ""})`]),
          )}
          value={selected?.id}
          onChange={setChosen}
        />
      )}
    </SidePanel>
  );
}
