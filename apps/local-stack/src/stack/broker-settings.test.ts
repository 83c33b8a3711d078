import { expect, test } from "vitest";

import { brokerSettings } from "./broker-settings.ts";

test.each([
  [{ vm: false, allowRevert: false }, {}],
  [{ vm: false, allowRevert: true }, { ALLOW_REVERT_TO_MICROSOFT_MANAGED: "true" }],
  [
    { vm: true, allowRevert: true },
    { PROBE_INTERVAL_SECONDS: "2", ALLOW_REVERT_TO_MICROSOFT_MANAGED: "true" },
  ],
])("each option of npm start changes only its own settings: %j", (chosen, settings) => {
  expect(brokerSettings(chosen)).toEqual(settings);
});
