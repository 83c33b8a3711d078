import { decideNextStep, ENGLISH_ANSWERS, type Facts, type NextStep } from "@databox-cmk/errors";

import type { KeyHealth, Risk } from "./key-health.ts";

/** The next step for a key's health. @param names - the order's own, for commands */
export function nextStepOfHealth(health: KeyHealth, names: Facts): NextStep {
  switch (health.state) {
    case "unknown":
      return { who: "nobody", text: ENGLISH_ANSWERS.keyIsCheckedSoon };
    case "healthy":
      return { who: "nobody", text: ENGLISH_ANSWERS.keyIsUsable };
    case "unusable": {
      const { code, reason, facts } = health;
      return decideNextStep({ code, reason, facts: { ...names, ...facts } });
    }
    case "at-risk": {
      const [first] = health.risks;
      return first === undefined ? decideNextStep(undefined) : nextStepOfRisk(first, names);
    }
  }
}

function nextStepOfRisk({ risk }: Risk, names: Facts): NextStep {
  if (risk === "soft-delete" || risk === "purge-protection")
    return decideNextStep({
      code: "SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled",
      reason: risk,
      facts: names,
    });
  return decideNextStep({ code: "SsemUserErrorEncryptionKeyExpired", facts: names });
}
