import type { JobResource, KeyEncryptionKeyView } from "@databox-cmk/protocol";
import { Facts, LoadingState, Section } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { chosenIdentityOf, chosenKeyOf } from "../core/key-choice.ts";
import { custodyOf } from "../core/policy-draft.ts";
import { CustodyGap } from "../order/custody-gap.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { ReadOnlyNotice } from "../order/read-only.tsx";
import { useMay } from "../order/use-may.ts";
import { useOrder, useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { ChosenKeyFacts } from "./chosen-key-facts.tsx";
import { EncryptionForm } from "./encryption-form.tsx";

const useStyles = makeStyles({ custody: { marginBlockStart: tokens.spacingVerticalXXL } });

/** Settings → Encryption: the key that encrypts the unlock key, and the identity that uses it. */
export function EncryptionPage(): ReactElement {
  const order = useOrder();
  return (
    <OrderPage section="encryption">
      <QueryState of={order} />
      {order.data !== undefined && <Encryption order={order.data} />}
      <CurrentCustody />
    </OrderPage>
  );
}

function Encryption({ order }: { readonly order: JobResource }): ReactElement | null {
  const mayWrite = useMay("write");
  const kek = order.properties.details?.keyEncryptionKey;
  if (kek === undefined) return null;
  if (mayWrite === undefined) return <LoadingState />;
  if (!mayWrite) return <EncryptionFacts kek={kek} />;
  return <EncryptionForm order={order} kek={kek} />;
}

/** The current key and its identity, for readers who may not change them. */
function EncryptionFacts({ kek }: { readonly kek: KeyEncryptionKeyView }): ReactElement {
  const texts = useTexts();
  const key = chosenKeyOf(kek);
  const identity = chosenIdentityOf(kek);
  return (
    <>
      <ReadOnlyNotice />
      <Facts
        columns={1}
        facts={[
          [texts.orders.encryption, texts.encryptionTypes[kek.kekType]],
          [
            texts.encryption.identityType,
            identity &&
              (identity.type === "SystemAssigned"
                ? texts.encryption.systemAssigned
                : (identity.resourceId.split("/").at(-1) ?? "")),
          ],
        ]}
      />
      {key !== undefined && <ChosenKeyFacts chosen={key} />}
    </>
  );
}

/** The policy decides it; its own page changes it. */
function CurrentCustody(): ReactElement | null {
  const styles = useStyles();
  const texts = useTexts();
  const name = useOrderName();
  const policy = useUnlockPolicy();
  if (policy.data === undefined) return null;
  return (
    <div className={styles.custody}>
      <Section title={texts.custody.title}>
        <Text block>{texts.custody.kinds[custodyOf(policy.data.value).kind]}</Text>
        <CustodyGap />
        <RouterLink to={`${ORDER}/unlock-policy`} params={name}>
          {texts.custody.change}
        </RouterLink>
      </Section>
    </div>
  );
}
