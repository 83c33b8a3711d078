import type { ReleaseWindow } from "@databox-cmk/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, vi } from "vitest";

import { closingOf, windowAt } from "./release-window.ts";

const WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "Asia/Kolkata",
  "America/St_Johns",
  "Pacific/Kiritimati",
] as const;
const office: ReleaseWindow = {
  days: ["Mon", "Tue", "Wed", "Thu", "Fri"],
  from: "08:00",
  to: "18:00",
  timeZone: "Europe/Berlin",
};
const night: ReleaseWindow = { days: ["Sat"], from: "22:00", to: "06:00", timeZone: "UTC" };
const allDay: ReleaseWindow = { days: ["Sun"], from: "00:00", to: "00:00", timeZone: "Asia/Tokyo" };

/** Window, moment, and the next opening if the window is closed then. */
const MOMENTS: readonly (readonly [string, ReleaseWindow, string, string])[] = [
  ["at its first minute", office, "2026-01-05T07:00:00Z", "open"],
  ["a millisecond before", office, "2026-01-05T06:59:59.999Z", "2026-01-05T07:00:00.000Z"],
  ["at its end", office, "2026-01-05T17:00:00Z", "2026-01-06T07:00:00.000Z"],
  ["on Friday evening", office, "2026-01-09T17:30:00Z", "2026-01-12T07:00:00.000Z"],
  ["in summer, an hour earlier in UTC", office, "2026-07-06T06:00:00Z", "open"],
  ["across the start of summer time", office, "2026-03-27T17:30:00Z", "2026-03-30T06:00:00.000Z"],
  ["across the end of summer time", office, "2026-10-23T16:30:00Z", "2026-10-26T07:00:00.000Z"],
  ["before midnight of its day", night, "2026-01-03T23:59:00Z", "open"],
  ["after midnight, on the day that is not named", night, "2026-01-04T05:59:59Z", "open"],
  ["at the end of its night", night, "2026-01-04T06:00:00Z", "2026-01-10T22:00:00.000Z"],
  ["on the day before, early", night, "2026-01-03T05:00:00Z", "2026-01-03T22:00:00.000Z"],
  ["on its whole day elsewhere", allDay, "2026-01-03T15:00:00Z", "open"],
  ["at the end of that day", allDay, "2026-01-04T15:00:00Z", "2026-01-10T15:00:00.000Z"],
  [
    "whose start summer time leaves out",
    { days: ["Sun"], from: "02:30", to: "05:00", timeZone: "Europe/Berlin" },
    "2026-03-29T00:00:00Z",
    "2026-03-29T01:00:00.000Z",
  ],
  [
    "whose start summer time leaves out, west of Greenwich",
    { days: ["Sun"], from: "02:00", to: "00:00", timeZone: "America/St_Johns" },
    "2026-03-02T03:30:00Z",
    "2026-03-08T05:30:00.000Z",
  ],
  [
    "that summer time leaves out",
    { days: ["Sun"], from: "02:10", to: "02:40", timeZone: "America/St_Johns" },
    "2026-03-02T03:30:00Z",
    "2026-03-15T04:40:00.000Z",
  ],
];

describe("a release window", () => {
  test.each(MOMENTS)("%s", (_name, window, moment, expected) => {
    const state = windowAt([window], Date.parse(moment));
    const shown = state.open ? "open" : new Date(state.opensAtMs ?? 0).toISOString();
    expect(shown).toBe(expected);
  });

  test("of several, any that is open opens, and the next to open is named", () => {
    expect(windowAt([office, night], Date.parse("2026-01-03T22:00:00Z"))).toEqual({ open: true });
    expect(windowAt([night, office], Date.parse("2026-01-03T12:00:00Z"))).toEqual({
      open: false,
      opensAtMs: Date.parse("2026-01-03T22:00:00Z"),
    });
  });

  test("none at all is open at any time", () => {
    expect(windowAt([], 0)).toEqual({ open: true });
  });

  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => [hour, minute].map((part) => String(part).padStart(2, "0")).join(":"));
  const anyWindow: fc.Arbitrary<ReleaseWindow> = fc.record({
    days: fc.subarray([...WEEK], { minLength: 1 }),
    from: time,
    to: time,
    timeZone: fc.constantFrom(...ZONES),
  });

  test.prop([anyWindow, fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })])(
    "that is closed is open at the moment it names",
    (window, nowMs) => {
      const state = windowAt([window], nowMs);
      if (state.open) return;
      expect(state.opensAtMs).toBeGreaterThan(nowMs);
      const opensAtMs = state.opensAtMs ?? 0;
      expect(windowAt([window], opensAtMs).open).toBe(true);
    },
  );

  const MINUTE_MS = 60_000;
  test.prop([
    fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  ])(
    "one of which is open closes at the moment that is named, and not before",
    (windows, nowMs) => {
      if (!windowAt(windows, nowMs).open) return;
      const closesAtMs = closingOf(windows, nowMs);
      if (closesAtMs === undefined) return;
      expect(closesAtMs).toBeGreaterThan(nowMs);
      expect(windowAt(windows, closesAtMs).open).toBe(false);
      expect(windowAt(windows, Math.max(nowMs, closesAtMs - MINUTE_MS)).open).toBe(true);
    },
  );

  test("windows that follow each other close at the end of the last", () => {
    const early = { ...office, from: "06:00", to: "09:00" };
    const at = Date.parse("2026-01-05T06:30:00Z");
    expect(closingOf([early, office], at)).toBe(Date.parse("2026-01-05T17:00:00Z"));
  });

  test.each([
    ["starts", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"],
    ["ends", "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z"],
    ["ends, in the hour that comes twice", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"],
  ])("whose end is near the hour in which summer time %s closes once", (_name, at, closes) => {
    const early: ReleaseWindow = { ...office, days: ["Sun"], from: "01:00", to: "02:30" };
    expect(closingOf([early], Date.parse(at))).toBe(Date.parse(closes));
  });

  test("21 windows that follow each other ask few times for the clocks of their zones", () => {
    const formats = vi.spyOn(Intl.DateTimeFormat.prototype, "formatToParts");
    const windows = WEEK.flatMap((day) =>
      ["00:00", "08:00", "16:00"].map((from, nth, all): ReleaseWindow => {
        const timeZone = ["Europe/Berlin", "Europe/Paris", "Europe/Rome"][nth] ?? "UTC";
        return { days: [day], from, to: all[(nth + 1) % 3] ?? "", timeZone };
      }),
    );
    for (let minute = 0; minute < 10; minute += 1)
      expect(closingOf(windows, Date.parse("2027-01-05T06:30:00Z") + minute)).toBeUndefined();
    expect(formats.mock.calls.length).toBeLessThan(3 * 100);
    formats.mockRestore();
  });

  test("a window of every hour of the week never closes", () => {
    const always = { days: [...WEEK], from: "00:00", to: "00:00", timeZone: "UTC" };
    expect(closingOf([always], Date.parse("2026-01-05T06:30:00Z"))).toBeUndefined();
  });
});
