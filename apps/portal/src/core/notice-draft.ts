import type { NoticeChoices, NoticeChoicesWrite, PersonalEvent } from "@databox-cmk/protocol";

type Kind = NoticeChoices["kinds"][number];
export type PersonalKind = Kind & { readonly type: PersonalEvent };

/** A kind that a person can choose: a campaign's end is reported to groups only. */
export const isPersonal = (kind: Kind): kind is PersonalKind =>
  kind.type !== "com.databox-cmk.campaign.finished";

/** Whether a kind is chosen in all subscriptions that allow it; `mixed`: in some. */
export function isChosen({ allowedIn, chosenIn }: Kind): boolean | "mixed" {
  const chosen = allowedIn.filter((id) => chosenIn.includes(id));
  if (chosen.length === 0) return false;
  return chosen.length === allowedIn.length ? true : "mixed";
}

/** A kind after the reader has ticked or cleared it, for all their subscriptions. */
export function choose<Of extends Kind>(kind: Of, isOn: boolean): Of {
  return { ...kind, chosenIn: isOn ? kind.allowedIn : [] };
}

/** @param pageLanguage - until the reader has chosen one for e-mails */
export function renderChoices(
  { language, kinds }: NoticeChoices,
  pageLanguage: "en" | "de",
): NoticeChoicesWrite {
  return {
    language: language ?? pageLanguage,
    kinds: kinds.filter(isPersonal).map(({ type, chosenIn }) => ({ type, chosenIn })),
  };
}

/** The command by which an owner gives a person the right to read orders. */
export const renderReaderCommand = (address: string, subscription: string): string =>
  `az role assignment create --assignee ${address} --role "Data Box Reader" --scope /subscriptions/${subscription}`;
