import { Facts, Section } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { isSplit, type NewOrder } from "../core/new-order.ts";
import { ChosenKeyFacts } from "../encryption/chosen-key-facts.tsx";
import { useTexts } from "../texts/texts.ts";

/** *Review + order*: everything that will be sent, except secrets. */
export function ReviewStep({ order }: { readonly order: NewOrder }): ReactElement {
  const texts = useTexts();
  const words = texts.createOrder;
  const { contact } = order;
  const isCustomer = order.kekType === "CustomerManaged";
  return (
    <>
      <Section title={words.steps.basics}>
        <Facts
          columns={1}
          facts={[
            { label: texts.order.transfer, value: texts.order.transfers[order.transferType] },
            { label: texts.orders.subscription, value: order.subscriptionId },
            { label: texts.orders.group, value: order.group?.name },
            { label: words.name, value: order.name },
            { label: texts.order.model, value: texts.order.models[order.sku] ?? order.sku },
            { label: words.region[order.transferType], value: order.location },
            { label: words.country[order.transferType], value: order.country },
          ]}
        />
      </Section>
      <Section title={words.steps.destination}>
        <Facts
          columns={1}
          facts={[
            {
              label: words.accounts,
              value: order.accounts.map((id) => id.split("/").at(-1)).join(", "),
            },
          ]}
        />
      </Section>
      <Section title={words.steps.security}>
        <Facts
          columns={1}
          facts={[
            { label: texts.orders.encryption, value: texts.encryptionTypes[order.kekType] },
            ...(isCustomer
              ? [{ label: words.identity, value: order.identityId?.split("/").at(-1) }]
              : []),
            {
              label: texts.custody.title,
              value: texts.custody.kinds[isSplit(order) ? "split" : "escrow"],
            },
            ...(isSplit(order)
              ? []
              : [
                  {
                    label: words.passkey,
                    value: order.passkey === "own" ? words.own : words.generated,
                  },
                ]),
            {
              label: words.doubleTitle,
              value: order.doubleEncryption ? texts.encryption.enabled : texts.encryption.disabled,
            },
          ]}
        />
        {isCustomer && order.key !== undefined && <ChosenKeyFacts chosen={order.key} />}
      </Section>
      <Section title={words.steps.contact}>
        <Facts
          columns={1}
          facts={[
            { label: words.contact.contactName, value: contact.contactName },
            { label: words.contact.phone, value: contact.phone },
            { label: words.contact.emails, value: contact.emails },
            {
              label: words.address,
              value: [
                contact.companyName,
                contact.streetAddress1,
                contact.streetAddress2,
                contact.postalCode,
                contact.city,
                contact.stateOrProvince,
                order.country,
              ]
                .filter((line) => line !== "")
                .join(", "),
            },
          ]}
        />
      </Section>
    </>
  );
}
