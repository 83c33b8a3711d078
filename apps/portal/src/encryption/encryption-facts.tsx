import type { KeyEncryptionKeyView } from "@databox-cmk/protocol";
import { Facts } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { chosenIdentityOf, chosenKeyOf } from "../core/key-choice.ts";
import { ReadOnlyNotice } from "../order/read-only.tsx";
import { useTexts } from "../texts/texts.ts";
import { ChosenKeyFacts } from "./chosen-key-facts.tsx";

/** The key in force and its identity, for readers who may not change them. */
export function EncryptionFacts({ kek }: { readonly kek: KeyEncryptionKeyView }): ReactElement {
  const texts = useTexts();
  const key = chosenKeyOf(kek);
  const identity = chosenIdentityOf(kek);
  return (
    <>
      <ReadOnlyNotice />
      <Facts
        columns={1}
        facts={[
          { label: texts.orders.encryption, value: texts.encryptionTypes[kek.kekType] },
          ...(identity === undefined
            ? []
            : [
                {
                  label: texts.encryption.identityType,
                  value:
                    identity.type === "SystemAssigned"
                      ? texts.encryption.systemAssigned
                      : (identity.resourceId.split("/").at(-1) ?? ""),
                },
              ]),
        ]}
      />
      {key !== undefined && <ChosenKeyFacts chosen={key} />}
    </>
  );
}
