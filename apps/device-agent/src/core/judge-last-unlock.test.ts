import { expect, test } from "vitest";

import { judgeLastUnlock } from "./judge-last-unlock.ts";

const AT = "2026-01-02T03:00:00.000Z";
const NOW_MS = Date.parse(AT) + 150_000;
const CODE = "SsemUserErrorEncryptionKeyDisabled";
const row = (event: string, facts: Readonly<Record<string, string>> = {}) => ({
  event,
  at: AT,
  facts,
});
const denied = (code: string, reason = "") => row("unlock-denied", { code, reason });

test.each([
  ["no unlock", [row("prepared")], "none yet"],
  ["an unlock", [denied(CODE), row("unlocked"), row("locked")], "unlocked 2 min 30 s ago"],
  ["a denial that is not a refusal", [denied("BrokerBusy")], /^not answered .*\(BrokerBusy\)$/],
  [
    "a volume that closed without an answer",
    [row("unlocked"), row("relocked", { cause: "outage", code: "BrokerUnreachable" })],
    /^closed .*\(BrokerUnreachable\)$/,
  ],
  ["the end of a passkey's time", [row("relocked", { by: "passkey", cause: "outage" })], /outage/],
  ["a code of a newer broker", [denied("Newer")], /\(Newer\)$/],
])("after %s nothing is wrong", (_name, rows, found) => {
  const finding = judgeLastUnlock(rows, NOW_MS);
  expect(finding).toMatchObject({ ok: true });
  expect("found" in finding && finding.found).toMatch(found);
});

test("a refusal lasts until an unlock succeeds, with its code and its reason", () => {
  const rows = [row("unlocked"), denied(CODE, "some"), row("signed-in")];
  expect(judgeLastUnlock(rows, NOW_MS)).toEqual({
    ok: false,
    failure: {
      code: CODE,
      reason: "some",
      detail: "refused 2 min 30 s ago; databox-agent unlock asks again",
    },
  });
});
