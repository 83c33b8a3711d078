import { expect, test } from "vitest";

import { renderHuman, wrap } from "./render-human.ts";

const WIDTH = 60;
const refused = {
  event: "unlock",
  node: "N1",
  outcome: "refused",
  volume: "luks2",
  code: "SsemUserErrorEncryptionKeyDisabled",
  title: "The key is disabled",
  message: "Key Vault refuses to use the key of this order, since somebody disabled it",
  who: "security-administrator",
  steps: [
    {
      text: "Enable the key version in the portal, where its owner finds it below Keys",
      command: "az keyvault key set-attributes --vault-name contoso --name unlock --enabled true",
    },
    { text: "Unlock again" },
  ],
  elapsedMs: 108.2,
} as const;

test("a refusal shows error, cause, role and command, and wraps all but commands", () => {
  expect(renderHuman(refused, WIDTH)).toBe(
    [
      "✗    0.11 s  Node N1: REFUSED; The key is disabled",
      "             [SsemUserErrorEncryptionKeyDisabled]",
      "             Key Vault refuses to use the key of this order,",
      "             since somebody disabled it.",
      "             Who must act: security administrator",
      "             1. Enable the key version in the portal, where",
      "                its owner finds it below Keys",
      "                $ az keyvault key set-attributes --vault-name contoso --name unlock --enabled true",
      "             2. Unlock again",
    ].join("\n"),
  );
});

test.each([
  {
    event: { event: "story", outcome: "done", elapsedMs: 2398 },
    line: "✓    2.40 s  Demo complete.",
  },
  {
    event: { event: "lock", node: "N1", outcome: "locked", volume: "file", elapsedMs: 61 },
    line: "✓    0.06 s  Node N1: locked",
  },
  {
    event: {
      event: "unlock",
      node: "N1",
      outcome: "unlocked",
      volume: "luks2",
      proof: "cryptsetup",
      elapsedMs: 125,
    },
    line: "✓    0.13 s  Node N1: UNLOCKED; cryptsetup accepted the key",
  },
  {
    event: {
      event: "unlock",
      node: "N1",
      purpose: "ingest",
      outcome: "unlocked",
      volume: "luks2",
      proof: "cryptsetup",
      elapsedMs: 125,
    },
    line: "✓    0.13 s  Node N1: UNLOCKED to ingest; cryptsetup accepted the key",
  },
  {
    event: {
      event: "unlock",
      node: "N1",
      outcome: "unreachable",
      volume: "luks2",
      code: "BrokerUnreachable",
      reason: "connection",
      elapsedMs: 20,
    },
    line: "…    0.02 s  Node N1: UNREACHABLE [BrokerUnreachable: connection]",
  },
  {
    event: { event: "page", outcome: "ended", node: "N1", cause: "it is erased", elapsedMs: 9000 },
    line: "✗    9.00 s  Node N1: its page has ended (it is erased).",
  },
] as const)("$event.event $event.outcome is one line", ({ event, line }) => {
  expect(renderHuman(event, 80)).toBe(line);
});

test("a process of the stack that ended is named, with its last lines and the next steps", () => {
  const event = {
    event: "child",
    outcome: "ended",
    name: "The broker",
    cause: "exit code 3: out of memory",
    elapsedMs: 5000,
  } as const;
  expect(renderHuman(event, WIDTH)).toBe(
    [
      "✗    5.00 s  The broker has ended (exit code 3: out of",
      "             memory).",
      "             Nothing works without it: stop with Ctrl-C and",
      "             start again.",
    ].join("\n"),
  );
});

test.each([
  { text: "", width: 10, lines: [""] },
  { text: "one two", width: 10, lines: ["one two"] },
  { text: "one two three", width: 7, lines: ["one two", "three"] },
  {
    text: "https://a.very.long.example/url end",
    width: 7,
    lines: ["https://a.very.long.example/url", "end"],
  },
  {
    text: "see https://a.very.long.example/url",
    width: 7,
    lines: ["see", "https://a.very.long.example/url"],
  },
])("$text within $width characters", ({ text, width, lines }) => {
  expect(wrap(text, width)).toEqual(lines);
});
