import type { Recoverable, TextPart, Who } from "@databox-cmk/errors";

/** English texts that all our pages share. */
export const en = {
  copy: "Copy",
  copied: "Copied",
  notCopied: "Not copied: select the text and copy it",
  copyWhat: (what: string) => `Copy ${what}`,
  close: "Close",
  tryAgain: "Try again",
  loading: "Loading …",
  asTable: "Show as table",
  skipToContent: "Skip to the content",
  broken: { title: "Something went wrong on this page", reload: "Reload the page" },
  theme: {
    label: "Appearance",
    system: "Same as system",
    light: "Light",
    dark: "Dark",
    "high-contrast": "High contrast",
  },
  clock: { label: "Times", local: "In my time zone", utc: "In UTC" },
  language: "Language",
  settings: "Settings",
  explanation: {
    whoActs: "Who must act",
    whatToDo: "What to do",
    byHand: "Steps and commands",
    handOn: "Copy for your administrator",
    requestId: "Request",
    code: "Code",
    reason: "Reason",
    recoverableLabel: "Can it be undone?",
  },
  /** A text of the table of codes, which is English. */
  failureText: (text: string): readonly TextPart[] => [{ text }],
  who: {
    "security-administrator": "Security administrator",
    "order-owner": "Owner of the order",
    "site-operator": "Operator at the appliance",
    "broker-operator": "Operator of the service",
    nobody: "Nobody",
  } satisfies Record<Who, string> as Record<Who, string>,
  recoverable: {
    yes: "Yes",
    no: "No",
    "until-date": "Yes, until a date",
  } satisfies Record<Recoverable, string> as Record<Recoverable, string>,
  qr: {
    tooLong: "This text is too long for one QR code; use the file or the text.",
  },
  carried: {
    camera: "Scan with the camera",
    stopCamera: "Stop the camera",
    picture: "Camera picture",
    file: "Open a file",
    paste: "Scan the code, open the file (text, or a picture of the code), or paste the text.",
    noCamera: "The camera cannot be used; allow it in the browser, or use the file or the text.",
    notReadable: "No message was found in this file; choose the text file, or a sharper picture.",
  },
};

export type UiTexts = typeof en;
