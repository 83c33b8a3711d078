import { randomUUID } from "node:crypto";

import type { ErrorCode } from "@databox-cmk/errors";
import type { Pending } from "@databox-cmk/protocol";

/** A request that waits for approvers. */
export type FakeApproval = {
  readonly id: string;
  readonly serial: string;
  readonly approvedBy: string[];
  readonly reason: string | undefined;
  /** How often the node polled for it. */
  asked: number;
  /** The grant: given once, and again to a node that lost it a moment ago. */
  state:
    | "open"
    | "released"
    | "forgotten"
    | { readonly code: ErrorCode; readonly reason?: string | undefined };
};

/**
 * The approvals of an order's policy; a node has one waiting request, and a new one replaces the
 * old.
 */
export type FakeApprovals = {
  /** 0: no approval is required. */
  required: number;
  expiresInSeconds: number;
  /** The requests by their hash, oldest first. */
  readonly requests: ReadonlyMap<string, FakeApproval>;
  /** The waiting request. @throws {Error} without one */
  open(serial?: string): FakeApproval;
  /** Another person approves the waiting request. */
  approve(name: string, serial?: string): void;
  /** Ends the waiting request. */
  end(code: ErrorCode, reason?: string): void;
};

export type FakeApprovalAnswer =
  | { readonly kind: "release" }
  | { readonly kind: "pending"; readonly approval: Pending["approval"] }
  | { readonly kind: "deny"; readonly code: ErrorCode; readonly reason?: string | undefined };

type Asked = {
  readonly requestHash: string;
  readonly serial: string;
  readonly reason: string | undefined;
};

export function createFakeApprovals(): FakeApprovals & {
  answer(asked: Asked): FakeApprovalAnswer;
  /** Together with the grant, so that a failing vault costs no approval. */
  useUp(requestHash: string): void;
} {
  const requests = new Map<string, FakeApproval>();
  const approvals = {
    required: 0,
    expiresInSeconds: 3600,
    requests,
    open(serial?: string) {
      const found = Array.from(requests.values()).find(
        (request) => request.state === "open" && request.serial === (serial ?? request.serial),
      );
      if (found === undefined) throw new Error("no request waits");
      return found;
    },
    approve(name: string, serial?: string) {
      approvals.open(serial).approvedBy.push(name);
    },
    end(code: ErrorCode, reason?: string) {
      approvals.open().state = { code, reason };
    },
    useUp(requestHash: string) {
      const request = requests.get(requestHash);
      if (request !== undefined) request.state = "released";
    },
    answer({ requestHash, serial, reason }: Asked): FakeApprovalAnswer {
      const { required, expiresInSeconds } = approvals;
      if (required === 0) return { kind: "release" };
      let request = requests.get(requestHash);
      if (request === undefined) {
        for (const other of requests.values())
          if (other.serial === serial && other.state === "open")
            other.state = { code: "ApprovalExpired", reason: "superseded" };
        request = { id: randomUUID(), serial, approvedBy: [], reason, asked: 0, state: "open" };
        requests.set(requestHash, request);
      }
      request.asked += 1;
      const { state, approvedBy, id } = request;
      if (state === "forgotten") return { kind: "deny", code: "ReplayDetected" };
      if (typeof state === "object") return { kind: "deny", ...state };
      if (state === "released" || approvedBy.length >= required) return { kind: "release" };
      const given = approvedBy.length;
      return {
        kind: "pending",
        approval: { id, required, given, approvedBy: [...approvedBy], expiresInSeconds },
      };
    },
  };
  return approvals;
}
