import { Notice } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { EditableBy } from "../order/read-only.tsx";
import { useOrder } from "../order/use-order.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { ContactForm } from "./contact-form.tsx";

/**
 * Settings → Contact details: the people to notify of each stage, and the destination of the
 * appliance.
 */
export function ContactPage(): ReactElement {
  const texts = useTexts();
  const order = useOrder();
  const details = order.data?.properties.details;
  return (
    <OrderPage section="contact">
      <QueryState of={order} />
      {order.data?.properties.isDeletable === true && (
        <Notice intent="info">{texts.createOrder.forgotten}</Notice>
      )}
      {order.data?.properties.isDeletable === false && details !== undefined && (
        <EditableBy action="write">
          <ContactForm
            details={details}
            isAddressEditable={order.data.properties.isShippingAddressEditable}
          />
        </EditableBy>
      )}
    </OrderPage>
  );
}
