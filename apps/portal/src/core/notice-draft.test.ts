import type { NoticeChoices } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { choose, isChosen, renderChoices } from "./notice-draft.ts";

const kind = {
  type: "com.databox-cmk.approval.waiting",
  channels: [],
  allowedIn: ["a", "b"],
  signedInOnly: [],
  chosenIn: [],
} as const satisfies NoticeChoices["kinds"][number];

test.each([
  [[], false],
  [["a"], "mixed"],
  [["b", "a"], true],
  [["c"], false],
])("chosen in %j is %s where a and b allow it", (chosenIn, expected) => {
  expect(isChosen({ ...kind, chosenIn })).toBe(expected);
});

test("a kind is chosen in every subscription that allows it, and cleared in all", () => {
  expect(choose(kind, true).chosenIn).toEqual(["a", "b"]);
  expect(choose({ ...kind, chosenIn: ["a", "c"] }, false).chosenIn).toEqual([]);
});

test("only what a person can choose is written", () => {
  const campaign = { ...kind, type: "com.databox-cmk.campaign.finished" } as const;
  const choices: NoticeChoices = {
    address: "ada@contoso.example",
    hasMailServer: true,
    language: "de",
    kinds: [{ ...kind, chosenIn: ["a"] }, campaign],
  };
  const kinds = [{ type: kind.type, chosenIn: ["a"] }];
  expect(renderChoices(choices, "en")).toEqual({ language: "de", kinds });
  const { language: _language, ...unchosen } = choices;
  expect(renderChoices(unchosen, "en")).toEqual({ language: "en", kinds });
});
