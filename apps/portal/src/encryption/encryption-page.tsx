import type { JobResource } from "@databox-cmk/protocol";
import { LoadingState } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useMay } from "../order/use-may.ts";
import { useOrder } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { EncryptionFacts } from "./encryption-facts.tsx";
import { EncryptionForm } from "./encryption-form.tsx";
import { useSaveEncryption } from "./use-save-encryption.ts";

/** Settings → Encryption: the key that encrypts the unlock key, and the identity that uses it. */
export function EncryptionPage(): ReactElement {
  const order = useOrder();
  return (
    <OrderPage section="encryption">
      {order.isPending && <LoadingState />}
      {order.error !== null && (
        <QueryProblem error={order.error} onTryAgain={() => void order.refetch()} />
      )}
      {order.data !== undefined && <Encryption order={order.data} />}
    </OrderPage>
  );
}

/** The form starts again with each new key in force; the new form shows that it was saved. */
function Encryption({ order }: { readonly order: JobResource }): ReactElement | null {
  const save = useSaveEncryption(order);
  const mayWrite = useMay("write");
  const kek = order.properties.details?.keyEncryptionKey;
  if (kek === undefined) return null;
  if (mayWrite === undefined) return <LoadingState />;
  if (!mayWrite) return <EncryptionFacts kek={kek} />;
  return <EncryptionForm key={JSON.stringify(kek)} order={order} kek={kek} save={save} />;
}
