import {
  OPERATOR_REVOCATION_CALLS,
  type OrderSummary,
  REVOCATION_CALLS,
} from "@databox-cmk/protocol";
import { Notice } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { orderId, type OrderName } from "../core/arm-path.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";
import { BulkPanel } from "./bulk-panel.tsx";

/** Activates a kill switch for each chosen order, once the reader has typed their number. */
export function RevokePanel({
  orders,
  by,
  onClose,
}: {
  readonly orders: readonly OrderSummary[];
  /** The side whose switches they are: only it can turn them off. */
  readonly by: "customer" | "operator";
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.orders.bulk.revoke;
  const { client } = useSignedIn();
  const [typedReason, setTypedReason] = useState("");
  const [typedCount, setTypedCount] = useState("");
  const expected = String(orders.length);
  const reason = typedReason.trim();
  const revokeOne = (name: OrderName) =>
    by === "customer"
      ? client.call(REVOCATION_CALLS.revoke, { params: name, body: { reason } })
      : client.call(OPERATOR_REVOCATION_CALLS.revoke, {
          params: {},
          body: { scope: { kind: "order", order: orderId(name) }, reason },
        });
  return (
    <BulkPanel
      orders={orders}
      title={words.title}
      confirm={words.confirm(orders.length)}
      isFilled={typedReason !== "" || typedCount !== ""}
      opens={by === "customer" ? "keyHealth" : "operations"}
      isReady={reason !== "" && typedCount === expected}
      run={async (name) => (
        <Text>{texts.keyHealth.leasesEnded((await revokeOne(name)).leases)}</Text>
      )}
      onClose={onClose}
    >
      <Notice intent="error">{texts.keyHealth.revokeWarning}</Notice>
      <TextField
        label={texts.loud.reason}
        isRequired
        maxLength={1024}
        value={typedReason}
        onChange={setTypedReason}
      />
      <TextField
        label={texts.loud.typeName(expected)}
        isRequired
        value={typedCount}
        onChange={setTypedCount}
      />
    </BulkPanel>
  );
}
