import { JOB_CALLS, type JobDetailsView, STAGE_NAMES } from "@databox-cmk/protocol";
import { Notice, Section } from "@databox-cmk/ui";
import { Checkbox } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { isSame } from "../core/is-same.ts";
import { problemsOfContact } from "../core/new-order.ts";
import { contactOf, notificationsOf, renderContactPatch } from "../core/order-contact.ts";
import { ContactFields } from "../create-order/contact-fields.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { EditableBy } from "../order/read-only.tsx";
import { useOrder, useOrderChange } from "../order/use-order.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { SaveForm } from "../shell/save-form.tsx";
import { useDraft } from "../shell/use-draft.ts";
import { useTexts } from "../texts/texts.ts";

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

/** Contact, notifications and, until the appliance is dispatched, its address. */
function ContactForm({
  details,
  isAddressEditable,
}: {
  readonly details: JobDetailsView;
  readonly isAddressEditable: boolean;
}): ReactElement {
  const texts = useTexts();
  const stored = { contact: contactOf(details), notifications: notificationsOf(details) };
  const [edited, edit, drop] = useDraft(stored);
  const { contact, notifications } = edited;
  /** Values that were saved, when the order could not be read again. */
  const [unread, setUnread] = useState<typeof edited>();
  const save = useOrderChange(
    "changeContact",
    (call, wanted: typeof edited) =>
      call(JOB_CALLS.patch, {
        body: renderContactPatch(details, wanted.contact, wanted.notifications, isAddressEditable),
      }),
    {
      onRead: (isRead, wanted) => {
        setUnread(isRead ? undefined : wanted);
        // The service may keep another form of a value.
        if (isRead) drop();
      },
    },
  );
  const words = texts.createOrder;
  const problems = problemsOfContact(contact);
  return (
    <SaveForm
      saving={save}
      value={problems.length > 0 ? undefined : edited}
      isChanged={!isSame(edited, stored) && !isSame(edited, unread)}
      saved={words.saved}
    >
      <ContactFields
        contact={contact}
        isAddressFixed={!isAddressEditable}
        problemOf={(problem) => (problems.includes(problem) ? words.problems[problem] : undefined)}
        onChange={(change) => edit({ contact: { ...contact, ...change } })}
      />
      {!isAddressEditable && <Notice intent="info">{words.addressFixed}</Notice>}
      <Section title={words.notifications}>
        <div>
          {Object.entries(notifications).map(([stage, isTold]) => {
            const known = STAGE_NAMES.find((each) => each === stage);
            return (
              <div key={stage}>
                <Checkbox
                  label={known === undefined ? stage : texts.stages[known]}
                  checked={isTold}
                  onChange={(_event, { checked }) => {
                    edit({ notifications: { ...notifications, [stage]: checked === true } });
                  }}
                />
              </div>
            );
          })}
        </div>
      </Section>
    </SaveForm>
  );
}
