import { joinTexts, uiTextsEn } from "@databox-cmk/ui";

import strings from "./en.json" with { type: "json" };

/** The texts that contain values. */
const functions = {
  ui: uiTextsEn,
  node: {
    siblingSeen: (duration: string) => `(last report to the service ${duration} ago)`,
  },
  lock: {
    answeredAgo: (duration: string) => `${duration} ago`,
    graceLeft: (duration: string) => `in ${duration}, unless the broker answers`,
  },
  unlock: {
    passkey: {
      triesLeft: (left: number) =>
        left === 1 ? "1 try left, then a wait of 15 minutes" : `${left} tries left`,
      wait: (duration: string) =>
        `Try again in ${duration}. Unlocking by network or QR code is still possible.`,
    },
  },
  waiting: {
    count: (given: number, required: number) => `${given} of ${required}`,
    leftIn: (duration: string) => `in ${duration}, unless it is decided`,
  },
  operation: {
    after: (milliseconds: number) => `after ${(milliseconds / 1000).toFixed(2)} s`,
  },
  journal: {
    shown: (count: number) => (count === 1 ? "1 entry" : `${count} entries`),
  },
  certificates: {
    endsSoon: (days: number) =>
      `It expires ${days === 0 ? "today" : days === 1 ? "in 1 day" : `in ${days} days`}. Provide a new one before then; browsers reject this page if its certificate has expired.`,
  },
};

export type Functions = typeof functions;

/** English texts of the appliance's page. */
export const en = joinTexts(strings, functions);

export type Texts = typeof en;
