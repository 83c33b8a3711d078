import { expect, test } from "vitest";

import { decideFormat } from "./decide-format.ts";
import type { Preparation } from "./machine-state.ts";
import type { VolumeContent } from "./ports.ts";

const OURS = "00000000-0000-4000-8000-000000000001";
const THEIRS = "00000000-0000-4000-8000-000000000002";
const begun: Preparation = { step: "begun" };
const formatting: Preparation = { step: "formatting", volumeId: OURS };
const prepared: Preparation = { step: "prepared", volumeId: OURS };

const missing: VolumeContent = { kind: "missing" };
const blank: VolumeContent = { kind: "blank" };
const ours: VolumeContent = { kind: "formatted", id: OURS };
const theirs: VolumeContent = { kind: "formatted", id: THEIRS };
const foreign: VolumeContent = { kind: "foreign", what: "a LUKS1 volume" };
const unrecognised: VolumeContent = { kind: "unrecognised" };

test.each([
  [missing, begun, "format"],
  [blank, begun, "format"],
  [theirs, begun, "keep-out"],
  [foreign, begun, "keep-out"],
  [unrecognised, begun, "keep-out"],
  [missing, formatting, "format"],
  [blank, formatting, "format"],
  [ours, formatting, "try-key-first"],
  [theirs, formatting, "keep-out"],
  [foreign, formatting, "keep-out"],
  [unrecognised, formatting, "format"],
  [ours, prepared, "already-prepared"],
  [blank, prepared, "format"],
  [theirs, prepared, "keep-out"],
  [unrecognised, prepared, "keep-out"],
] as const)("%o during %o: %s", (content, preparation, kind) => {
  expect(
    decideFormat(content, preparation, { formatExisting: false, keepVolume: false }).kind,
  ).toBe(kind);
  const allowed = decideFormat(content, preparation, {
    formatExisting: true,
    keepVolume: false,
  }).kind;
  expect(allowed).toBe(kind === "keep-out" ? "format" : kind);
});

test.each([
  [{ kind: "formatted", id: "another" }, { step: "begun" }, "keep"],
  [{ kind: "formatted", id: "own" }, { step: "prepared", volumeId: "own" }, "already-prepared"],
  [{ kind: "blank" }, { step: "begun" }, "keep-out"],
  [{ kind: "foreign", what: "ext4" }, { step: "begun" }, "keep-out"],
] as const)(
  "a device that replaces another one, before %o in state %o: %s",
  (content, preparation, kind) => {
    const options = { formatExisting: false, keepVolume: true };
    expect(decideFormat(content, preparation, options).kind).toBe(kind);
  },
);
