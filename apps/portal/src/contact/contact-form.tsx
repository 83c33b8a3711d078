import { type JobDetailsView, STAGE_NAMES } from "@databox-cmk/protocol";
import { Section, Notice } from "@databox-cmk/ui";
import { Button, Checkbox, makeStyles, tokens } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { patchOrder } from "../api/orders.ts";
import { problemsOfContact } from "../core/new-order.ts";
import { contactOf, notificationsOf, renderContactPatch } from "../core/order-contact.ts";
import { ContactFields } from "../create-order/contact-fields.tsx";
import { useOrderName, useRefreshOrder } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";

const useStyles = makeStyles({
  form: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    maxWidth: "720px",
  },
});

/** Contact, notifications and, until the appliance is dispatched, its address. */
export function ContactForm({
  details,
  isAddressEditable,
}: {
  readonly details: JobDetailsView;
  readonly isAddressEditable: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const [contact, setContact] = useState(() => contactOf(details));
  const [notifications, setNotifications] = useState(() => notificationsOf(details));
  const save = useAction("changeContact", {
    mutationFn: () =>
      patchOrder(
        client,
        name,
        renderContactPatch(details, contact, notifications, isAddressEditable),
      ),
    onSuccess: refresh,
  });
  const words = texts.createOrder;
  const problems = problemsOfContact(contact);
  const isChanged = !isSame(
    [contact, notifications],
    [contactOf(details), notificationsOf(details)],
  );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <UnsavedGuard isDirty={isChanged && !save.isPending} />
      <ContactFields
        contact={contact}
        isAddressFixed={!isAddressEditable}
        problemOf={(problem) => (problems.includes(problem) ? words.problems[problem] : undefined)}
        onChange={(change) => {
          setContact({ ...contact, ...change });
          save.reset();
        }}
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
                    setNotifications({ ...notifications, [stage]: checked === true });
                    save.reset();
                  }}
                />
              </div>
            );
          })}
        </div>
      </Section>
      {save.error !== null && <QueryProblem error={save.error} />}
      {save.isSuccess && <Notice intent="success">{words.saved}</Notice>}
      <div>
        <Button
          type="submit"
          appearance="primary"
          icon={<SaveRegular />}
          disabled={problems.length > 0 || !isChanged}
          disabledFocusable={save.isPending}
        >
          {save.isPending ? texts.encryption.saving : texts.encryption.save}
        </Button>
      </div>
    </form>
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
