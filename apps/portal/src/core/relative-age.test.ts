import { expect, test } from "vitest";

import { durationText, relativeAge } from "./relative-age.ts";

test.each([
  [-5000, "now", "jetzt"],
  [400, "now", "jetzt"],
  [59_900, "59 seconds ago", "vor 59 Sekunden"],
  [60_000, "1 minute ago", "vor 1 Minute"],
  [200_000, "3 minutes ago", "vor 3 Minuten"],
  [3_600_000, "1 hour ago", "vor 1 Stunde"],
  [172_900_000, "2 days ago", "vorgestern"],
])("an age of %d ms is %s, or %s", (ageMs, english, german) => {
  expect([relativeAge(ageMs, "en"), relativeAge(ageMs, "de")]).toEqual([english, german]);
});

test.each([
  [900, "15 minutes", "15 Minuten"],
  [90, "90 seconds", "90 Sekunden"],
  [3600, "1 hour", "1 Stunde"],
])("%d seconds are %s, or %s", (seconds, english, german) => {
  expect([durationText(seconds, "en"), durationText(seconds, "de")]).toEqual([english, german]);
});
