import { checkPasskey, type Custody } from "@databox-cmk/protocol";

import { type ChosenKey, renderKey } from "./key-choice.ts";

/** The wizard's fields, as chosen and typed. */
export type NewOrder = {
  readonly transferType: "ImportToAzure" | "ExportFromAzure";
  readonly subscriptionId: string;
  readonly group: { readonly name: string; readonly isNew: boolean } | undefined;
  readonly name: string;
  readonly location: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly sku: "DataBox" | "DataBoxHeavy";
  /** Resource ids of storage accounts. */
  readonly accounts: readonly string[];
  readonly kekType: "MicrosoftManaged" | "CustomerManaged";
  readonly key: ChosenKey | undefined;
  /** A new order has no identity of its own yet that could have rights on a key. */
  readonly identityId: string | undefined;
  readonly passkey: "generated" | "own";
  readonly ownPasskey: string;
  readonly doubleEncryption: boolean;
  readonly custody: Custody;
  readonly contact: Contact;
};

/** The people to notify, and the destination of the appliance. */
export const EMPTY_CONTACT = {
  contactName: "",
  phone: "",
  /** Addresses, separated by commas or white space. */
  emails: "",
  companyName: "",
  streetAddress1: "",
  streetAddress2: "",
  city: "",
  stateOrProvince: "",
  postalCode: "",
};
export type Contact = Readonly<typeof EMPTY_CONTACT>;

export const STEPS = ["basics", "destination", "security", "contact", "review"] as const;
export type Step = (typeof STEPS)[number];

/** Azure: most storage accounts of one order. */
const MAX_ACCOUNTS = 10;
/**
 * The Azure portal's rule, stricter than the API's: letters, digits and hyphens, a letter or digit
 * at both ends.
 */
const ORDER_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{1,22})[A-Za-z0-9]$/;
const MAIL_ADDRESS = /^[^\s@]+@[^\s@]+$/;

export type OrderProblem =
  | "group"
  | "name"
  | "nameTaken"
  | "location"
  | "country"
  | "accounts"
  | "tooManyAccounts"
  | "key"
  | "identity"
  | "custody"
  | "passkey"
  | "contactName"
  | "phone"
  | "emails"
  | "street"
  | "postalCode";

type Rule = {
  readonly step: Step;
  readonly problem: OrderProblem;
  readonly broken: (order: NewOrder) => boolean;
};
const CONTACT_RULES: readonly {
  readonly problem: OrderProblem;
  readonly broken: (contact: Contact) => boolean;
}[] = [
  { problem: "contactName", broken: ({ contactName }) => contactName.trim() === "" },
  { problem: "phone", broken: ({ phone }) => phone.trim() === "" },
  {
    problem: "emails",
    broken: (contact) => {
      const addresses = mailAddressesOf(contact);
      return addresses.length === 0 || !addresses.every((each) => MAIL_ADDRESS.test(each));
    },
  },
  { problem: "street", broken: ({ streetAddress1 }) => streetAddress1.trim() === "" },
  { problem: "postalCode", broken: ({ postalCode }) => postalCode.trim() === "" },
];
/** One row per rule, in the wizard's order. */
const RULES: readonly Rule[] = [
  { step: "basics", problem: "group", broken: ({ group }) => group === undefined },
  { step: "basics", problem: "name", broken: ({ name }) => !isOrderName(name) },
  { step: "basics", problem: "location", broken: ({ location }) => location === "" },
  { step: "basics", problem: "country", broken: ({ country }) => country === "" },
  { step: "destination", problem: "accounts", broken: ({ accounts }) => accounts.length === 0 },
  {
    step: "destination",
    problem: "tooManyAccounts",
    broken: ({ accounts }) => accounts.length > MAX_ACCOUNTS,
  },
  {
    step: "security",
    problem: "key",
    broken: (order) => isCustomer(order) && order.key === undefined,
  },
  {
    step: "security",
    problem: "identity",
    broken: (order) => isCustomer(order) && order.identityId === undefined,
  },
  {
    step: "security",
    problem: "passkey",
    broken: (order) => hasOwnPasskey(order) && checkPasskey(order.ownPasskey).length > 0,
  },
  ...CONTACT_RULES.map(({ problem, broken }): Rule => ({
    step: "contact",
    problem,
    broken: ({ contact }) => broken(contact),
  })),
];

export function isOrderName(name: string): boolean {
  return ORDER_NAME.test(name);
}

export function problemsOfContact(contact: Contact): readonly OrderProblem[] {
  return CONTACT_RULES.filter(({ broken }) => broken(contact)).map(({ problem }) => problem);
}

type Found = { readonly step: Step; readonly problem: OrderProblem };

/**
 * Every missing, malformed or taken part, by step; the service checks keys.
 *
 * @param known - as far as it is known
 */
export function problemsOf(
  order: NewOrder,
  {
    isNameTaken = false,
    isSplitOnly = false,
  }: { readonly isNameTaken?: boolean; readonly isSplitOnly?: boolean } = {},
): readonly Found[] {
  const broken = RULES.filter((rule) => rule.broken(order)).map(({ step, problem }) => ({
    step,
    problem,
  }));
  const taken: readonly Found[] = isNameTaken ? [{ step: "basics", problem: "nameTaken" }] : [];
  const forbidden: readonly Found[] =
    isSplitOnly && !isSplit(order) ? [{ step: "security", problem: "custody" }] : [];
  return [...taken, ...broken, ...forbidden];
}

const isCustomer = ({ kekType }: NewOrder): boolean => kekType === "CustomerManaged";
/** Recovery keys need a key of the customer's, and split custody needs recovery keys. */
export const isSplit = (order: NewOrder): boolean =>
  isCustomer(order) && order.custody.kind === "split";
/** A subscription that allows only split custody requires it. */
export const inSplitCustody = (order: NewOrder): NewOrder =>
  order.custody.kind === "split"
    ? order
    : { ...order, custody: { kind: "split", acceptNoRecovery: false } };
/**
 * The service fills the appliance of an export order, so it takes no passkey of the customer's; in
 * split custody there is none.
 */
const hasOwnPasskey = (order: NewOrder): boolean =>
  order.passkey === "own" && order.transferType === "ImportToAzure" && !isSplit(order);

/** Body of the PUT that places the order. */
export function renderNewOrder(order: NewOrder) {
  const { sku, transferType, key, identityId } = order;
  const hasKey = isCustomer(order) && key !== undefined && identityId !== undefined;
  return {
    location: order.location,
    sku: { name: sku },
    identity: hasKey
      ? { type: "UserAssigned", userAssignedIdentities: { [identityId]: {} } }
      : undefined,
    properties: {
      transferType,
      custody: isSplit(order) ? order.custody : ({ kind: "escrow" } as const),
      details: {
        jobDetailsType: sku,
        ...contactPart(order.contact, order.country),
        ...transferPart(order),
        ...preferencesPart(order),
        keyEncryptionKey: hasKey
          ? {
              kekType: "CustomerManaged",
              ...renderKey(key, { type: "UserAssigned", resourceId: identityId }),
            }
          : undefined,
        devicePassword: hasOwnPasskey(order) ? order.ownPasskey : undefined,
      },
    },
  };
}

/** The source or the destination of the data. */
export function transferPart({ transferType, accounts }: NewOrder) {
  return transferType === "ImportToAzure"
    ? {
        dataImportDetails: accounts.map((account) => ({
          accountDetails: accountDetails(account),
        })),
      }
    : {
        dataExportDetails: accounts.map((account) => ({
          accountDetails: accountDetails(account),
          transferConfiguration: TRANSFER_ALL,
        })),
      };
}

export function preferencesPart({ doubleEncryption }: NewOrder) {
  return doubleEncryption
    ? { preferences: { encryptionPreferences: { doubleEncryption: "Enabled" } } }
    : {};
}

const accountDetails = (storageAccountId: string) => ({
  dataAccountType: "StorageAccount" as const,
  storageAccountId,
});

const TRANSFER_ALL = {
  transferConfigurationType: "TransferAll",
  transferAllDetails: {
    include: { dataAccountType: "StorageAccount", transferAllBlobs: true, transferAllFiles: true },
  },
} as const;

/**
 * Contact and address in the API's form; empty values are not sent, except the first line of the
 * address, which an order must have.
 */
export function contactPart(contact: Contact, country: string) {
  const { contactName, phone, emails: _emails, streetAddress1, ...address } = contact;
  return {
    contactDetails: {
      contactName: contactName.trim(),
      phone: phone.trim(),
      emailList: [...mailAddressesOf(contact)],
    },
    shippingAddress: {
      streetAddress1: streetAddress1.trim(),
      ...Object.fromEntries(
        Object.entries(address)
          .map(([name, value]) => [name, value.trim()])
          .filter(([, value]) => value !== ""),
      ),
      country,
    },
  };
}

function mailAddressesOf({ emails }: Contact): readonly string[] {
  return emails.split(/[\s,;]+/).filter((each) => each !== "");
}
