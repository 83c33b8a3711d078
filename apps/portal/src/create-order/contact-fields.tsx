import { Section } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import type { Contact, OrderProblem } from "../core/new-order.ts";
import { TextField } from "../shell/fields.tsx";
import { useTexts } from "../texts/texts.ts";

/** Field, its part of a browser's address book, and the problem it may have. */
const ADDRESS = [
  ["companyName", "organization", undefined],
  ["streetAddress1", "address-line1", "street"],
  ["streetAddress2", "address-line2", undefined],
  ["city", "address-level2", undefined],
  ["stateOrProvince", "address-level1", undefined],
  ["postalCode", "postal-code", "postalCode"],
] as const;
const PERSON = [
  ["contactName", "name", "contactName"],
  ["phone", "tel", "phone"],
  ["emails", "email", "emails"],
] as const;

/** The people to notify, and the destination of the appliance. */
export function ContactFields({
  contact,
  isAddressFixed = false,
  problemOf,
  onChange,
}: {
  readonly contact: Contact;
  /** The address can't be changed after dispatch. */
  readonly isAddressFixed?: boolean;
  readonly problemOf: (problem: OrderProblem) => string | undefined;
  readonly onChange: (change: Partial<Contact>) => void;
}): ReactElement {
  const words = useTexts().createOrder;
  const fieldOf = ([name, autoComplete, problem]:
    | (typeof ADDRESS)[number]
    | (typeof PERSON)[number]) => (
    <TextField
      key={name}
      label={words.contact[name]}
      value={contact[name]}
      autoComplete={autoComplete}
      isRequired={problem !== undefined}
      problem={problem === undefined ? undefined : problemOf(problem)}
      hint={name === "emails" ? words.emailsHint : undefined}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <>
      <Section title={words.person}>{PERSON.map(fieldOf)}</Section>
      {!isAddressFixed && <Section title={words.address}>{ADDRESS.map(fieldOf)}</Section>}
    </>
  );
}
