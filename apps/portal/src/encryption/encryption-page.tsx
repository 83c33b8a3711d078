import { LoadingState } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useOrder } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { EncryptionForm } from "./encryption-form.tsx";

/** Settings → Encryption: which key encrypts the unlock key, and who may use it. */
export function EncryptionPage(): ReactElement {
  const order = useOrder();
  return (
    <OrderPage section="encryption">
      {order.isPending && <LoadingState />}
      {order.error !== null && (
        <QueryProblem error={order.error} onTryAgain={() => void order.refetch()} />
      )}
      {order.data?.properties.details !== undefined && (
        <EncryptionForm
          // What is typed belongs to the key in force when it was typed.
          key={JSON.stringify(order.data.properties.details.keyEncryptionKey)}
          order={order.data}
          kek={order.data.properties.details.keyEncryptionKey}
        />
      )}
    </OrderPage>
  );
}
