import { KEY_HEALTH_CALLS, type OrderSummary } from "@databox-cmk/protocol";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { HealthBadge } from "../order/health-badge.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { useTexts } from "../texts/texts.ts";
import { BulkPanel } from "./bulk-panel.tsx";

/** Checks the keys of chosen orders. */
export function CheckKeysPanel({
  orders,
  onClose,
}: {
  readonly orders: readonly OrderSummary[];
  readonly onClose: () => void;
}): ReactElement {
  const words = useTexts().orders.bulk.check;
  const { client } = useSignedIn();
  return (
    <BulkPanel
      orders={orders}
      title={words.title}
      confirm={words.confirm(orders.length)}
      run={async (name) => (
        <HealthBadge health={await client.call(KEY_HEALTH_CALLS.check, { params: name })} />
      )}
      opens="keyHealth"
      onClose={onClose}
    >
      <Text>{words.text}</Text>
    </BulkPanel>
  );
}
