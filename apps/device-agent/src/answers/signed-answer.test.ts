import { expect, test } from "vitest";

import { withoutAuthority } from "./signed-answer.ts";

test.each([
  { status: 200, mediaType: "text/html", isPinned: false, reason: "captive-portal" },
  { status: 403, mediaType: "text/html", isPinned: false, reason: "captive-portal" },
  { status: 302, mediaType: "", isPinned: false, reason: "captive-portal" },
  { status: 511, mediaType: "application/json", isPinned: true, reason: "captive-portal" },
  { status: 502, mediaType: "text/html", isPinned: false, reason: "server-error" },
  { status: 504, mediaType: "text/html", isPinned: true, reason: "server-error" },
  { status: 200, mediaType: "text/html", isPinned: true, reason: "server-error" },
  { status: 403, mediaType: "application/json", isPinned: true, reason: "unsigned-answer" },
])("HTTP $status of $mediaType, pinned: $isPinned, is $reason", ({ reason, ...answer }) => {
  const error = withoutAuthority({ ...answer, retryAfterSeconds: undefined, body: "" });
  expect(error).toMatchObject({ code: "BrokerUnreachable", reason });
});
