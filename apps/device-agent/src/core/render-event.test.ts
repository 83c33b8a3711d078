import { AppError } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import type { AgentEvent } from "./agent-event.ts";
import { eventOfError } from "./failure-event.ts";
import { renderEvent } from "./render-event.ts";

const UNLOCKED: AgentEvent = {
  event: "unlock",
  node: "DBX-1",
  outcome: "unlocked",
  volume: "luks2",
  proof: "cryptsetup",
  elapsedMs: 48.2,
};

describe("a success", () => {
  test("says on one line what happened, who accepted the key and how long it took", () => {
    expect(renderEvent(UNLOCKED).split("\n")).toEqual([
      "DBX-1: unlock: unlocked: cryptsetup accepted the key (no device-mapper here, so only the header was opened) (48 ms)",
      "Next: use the volume; when you are done run databox-agent lock",
    ]);
  });

  test("names the mapping where there is one", () => {
    expect(renderEvent({ ...UNLOCKED, mapping: "databox-dbx-1" })).toContain(
      "the volume is /dev/mapper/databox-dbx-1",
    );
  });

  test("of a portable volume says so", () => {
    expect(renderEvent({ ...UNLOCKED, volume: "file", proof: "authenticated-header" })).toContain(
      "authenticated header",
    );
  });
});

describe("a failure", () => {
  const failure = eventOfError(
    new AppError("BrokerUnreachable", { reason: "dns", facts: { brokerUrl: "https://b" } }),
    { event: "unlock", node: "DBX-1", elapsedMs: 2100, known: {} },
  );

  test("says what, who must act, numbered steps, and ends with the next step", () => {
    const lines = renderEvent(failure).split("\n");
    expect(lines[0]).toContain("unreachable (not refused)");
    expect(lines[0]).toContain("[BrokerUnreachable: dns] (2.1 s)");
    expect(lines).toContainEqual("Who must act: you, at the appliance");
    expect(lines.some((line) => line.startsWith("  1. "))).toBe(true);
    expect(lines.at(-1)).toMatch(/^Next: /);
  });

  test("colours its first line and the checks that failed, an outage not as a refusal", () => {
    const checks = [
      { name: "a", title: "a", status: "passed" },
      {
        name: "b",
        title: "b",
        status: "failed",
        error: { code: "VolumeNotFound", class: "invalid", who: "site-operator", message: "none" },
      },
    ] as const;
    const event = { ...failure, checks: [...checks] } as AgentEvent;
    const painted = renderEvent(event, (tone, text) => `<${tone}>${text}`).split("\n");
    const plain = renderEvent(event).split("\n");
    expect(painted).toEqual(
      plain.map((line, index) => `${["", "<refused>", "<unreachable>"][index] ?? ""}${line}`),
    );
    expect(renderEvent(UNLOCKED, (tone) => tone)).toMatch(/^good\nNext/);
  });

  test("cannot steer the terminal by the words of others", () => {
    const text = renderEvent({ ...failure, title: "a\u001b[2Jb\u0007", message: "x\r\ny" });
    expect(Array.from(text).filter((letter) => letter < " " && letter !== "\n")).toEqual([]);
    expect(text.split("\n").length).toBe(renderEvent(failure).split("\n").length);
  });
});
