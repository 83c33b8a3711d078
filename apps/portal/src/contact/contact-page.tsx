import { LoadingState } from "@databox-cmk/ui";
import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useOrder } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { ContactForm } from "./contact-form.tsx";

/** Settings → Contact details: whom to tell of which stage, and where the appliance goes. */
export function ContactPage(): ReactElement {
  const texts = useTexts();
  const order = useOrder();
  const details = order.data?.properties.details;
  return (
    <OrderPage section="contact">
      {order.isPending && <LoadingState />}
      {order.error !== null && (
        <QueryProblem error={order.error} onTryAgain={() => void order.refetch()} />
      )}
      {order.data?.properties.isDeletable === true && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{texts.createOrder.forgotten}</MessageBarBody>
        </MessageBar>
      )}
      {order.data?.properties.isDeletable === false && details !== undefined && (
        <ContactForm
          // What is typed belongs to what was in force when it was typed.
          key={JSON.stringify([details.contactDetails, details.shippingAddress])}
          details={details}
          isAddressEditable={order.data.properties.isShippingAddressEditable}
        />
      )}
    </OrderPage>
  );
}
