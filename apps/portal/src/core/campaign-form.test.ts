import type { CampaignView } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { decideCampaign, EMPTY_FORM, realRunOf } from "./campaign-form.ts";

const KEY = "https://contoso.vault.azure.net/keys/kek";

test("a rotation needs a selection and nothing else", () => {
  expect(decideCampaign({ ...EMPTY_FORM, keyUrl: ` ${KEY} ` }, true)).toEqual({
    ok: true,
    request: { action: { kind: "rotate" }, selector: { keyUrl: KEY }, dryRun: true },
  });
});

test("a list of orders is read however it is separated", () => {
  expect(decideCampaign({ ...EMPTY_FORM, orders: "/a\n/b, /c\n" }, false)).toMatchObject({
    request: { selector: { orders: ["/a", "/b", "/c"] } },
  });
});

test("a move says what changes, and only that", () => {
  const form = { ...EMPTY_FORM, kind: "move", keyUrl: KEY, kekUrl: `${KEY}2` } as const;
  expect(
    decideCampaign(
      { ...form, identity: "user", identityId: "/id", description: "new vault" },
      false,
    ),
  ).toEqual({
    ok: true,
    request: {
      action: {
        kind: "move",
        to: {
          kekUrl: `${KEY}2`,
          identityProperties: { type: "UserAssigned", userAssigned: { resourceId: "/id" } },
        },
      },
      selector: { keyUrl: KEY },
      description: "new vault",
    },
  });
});

test.each([
  ["selector", EMPTY_FORM],
  ["action", { ...EMPTY_FORM, keyUrl: KEY, kind: "move" }],
  ["identity", { ...EMPTY_FORM, keyUrl: KEY, kind: "move", kekUrl: KEY, identity: "user" }],
] as const)("a form without its %s is refused for that", (problem, form) => {
  expect(decideCampaign(form, true)).toEqual({ ok: false, problem });
});

test("the real run of a dry run is the same, without the word dry", () => {
  const view = {
    action: { kind: "rotate" },
    selector: { resourceGroup: "g", orders: 2 },
    description: "d",
    dryRun: true,
  } as unknown as CampaignView;
  expect(realRunOf(view, ["/a", "/b"])).toEqual({
    action: { kind: "rotate" },
    selector: { resourceGroup: "g", orders: ["/a", "/b"] },
    description: "d",
  });
});
