import type { JsonObject } from "@databox-cmk/crypto";
import type { AppError } from "@databox-cmk/errors";
import type * as z from "zod/mini";

import type { Action } from "../core/actions.ts";
import type { CallerResources } from "../core/ports.ts";

export type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE" | "OPTIONS";

/** A request as handlers see it: transport checked, nothing else trusted. */
export type RouteRequest = {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** Named segments of the route's path, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** One header by its lower-case name; repeated ones are joined by commas. */
  header(name: string): string | undefined;
  /** The sender's IP address. */
  readonly address: string;
  /** UUID of this request: x-ms-request-id, log lines, audit rows. */
  readonly requestId: string;
};

/** A validated token's holder (Entra object). `roles`: app roles of the token. */
export type Caller = {
  readonly objectId: string;
  /** Whether the token proves that a person signed in; otherwise it may be a program's. */
  readonly isPerson: boolean;
  readonly name: string;
  readonly roles: readonly string[];
  /** The client that got the token, if the token names one. */
  readonly applicationId?: string | undefined;
  /** Only a caller of another tenant than the service's own has it; they have no app roles. */
  readonly own?: CallerResources;
};
export type CallerRequest = RouteRequest & { readonly caller: Caller };
/** A request from a page of the portal. */
export type SessionRequest = CallerRequest & { readonly session: Session };

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  /**
   * JSON value, or text or bytes of the named media type, or a stream of text until the signal
   * aborts.
   */
  readonly body?:
    | { readonly json: unknown }
    | { readonly text: string; readonly mediaType: string }
    | { readonly bytes: Uint8Array; readonly mediaType: string }
    | {
        readonly stream: (left: AbortSignal) => AsyncIterable<string>;
        readonly mediaType: string;
      }
    | undefined;
  /** The failure, for the log, if the handler rendered it itself. */
  readonly failure?: AppError | undefined;
  /**
   * A refusal whose sender proved nothing: any caller can cause as many as it likes, so they have
   * neither a log line nor a span each.
   */
  readonly isUnproven?: boolean;
};

/**
 * The kind of body that a route reads. A body of another media type is answered 415, a longer one
 * 413, both before anything is parsed. `json`: one object, duplicate members refused; `optional`:
 * an empty body is the empty object. `jose`: one compact JWS (application/jose), as text. `events`:
 * one event or a list (JSON or CloudEvents).
 */
export type Reads<Request> =
  | { readonly reads: "nothing"; handle(request: Request): Promise<Answer> }
  | {
      readonly reads: "json";
      readonly maxBytes: number;
      readonly optional?: true | undefined;
      handle(request: Request & { readonly body: JsonObject }): Promise<Answer>;
    }
  | {
      readonly reads: "jose";
      readonly maxBytes: number;
      handle(request: Request & { readonly body: string }): Promise<Answer>;
    }
  | {
      readonly reads: "events";
      readonly maxBytes: number;
      handle(
        request: Request & { readonly body: JsonObject | readonly unknown[] },
      ): Promise<Answer>;
    };

export type Schema = z.core.$ZodType;

/** A view as a handler may give it: what it shares with others, it does not change. */
export type ReadonlyView<View> = View extends readonly (infer Item)[]
  ? readonly ReadonlyView<Item>[]
  : View extends object
    ? { readonly [Name in keyof View]: ReadonlyView<View[Name]> }
    : View;

/** The part of the API's document that the other members of a row do not give. */
export type Description = {
  readonly summary: string;
  /** The schema of the body; of a `jose` body, of the signed message's payload. */
  readonly body?: Schema | undefined;
  /**
   * Status → schema of the body; undefined for an answer without a body, or one that another
   * standard describes.
   */
  readonly answers: Readonly<Record<number, Schema | undefined>>;
  /** `typ` of the signed messages that a `jose` row reads and answers. */
  readonly signed?: { readonly request: string; readonly answer: string };
  readonly query?: readonly QueryParameter[] | undefined;
  readonly headers?: readonly ("If-Match" | "If-None-Match")[] | undefined;
};

/** Query parameters that routes read, as the API's document explains them. */
export const QUERY_TEXTS = {
  search: "part of a name, a serial number or a code",
  stage: "orders in this stage",
  stageStatus: "orders whose stage is in this status, such as WaitingForCustomerActionForKek",
  encryption: "orders with this type of key",
  health: "orders whose key is in this state",
  lock: "orders with a node in this state",
  $expand: "details: with stages, progress and packages",
  $skipToken: "position from the nextLink of the previous page",
  state: "only orders in this state: Waiting, Done or Failed",
  keyUrl: "URL of a key, with or without its version",
  unlock: "Ready, Waiting, NotNow or Blocked",
  of: "switch (a kill switch), key (the loss of the key) or emergency (emergency access)",
  newestFirst: "true: in the opposite order",
  deleted: "number of a deleted order whose name another one has now",
  action: "rows of these actions, or families of actions, separated by commas",
  outcome: "rows with this outcome: granted, refused, failed or done",
  from: "rows of this moment or later",
  to: "rows of an earlier moment",
  $top: "size of a page; 20 to 100 are honoured",
} as const;
export type QueryParameter = keyof typeof QUERY_TEXTS;

export type TokenAuthentication = "caller" | "operator" | "event-delivery";

/**
 * One row of the broker's HTTP surface. A `device` authenticates by the signature of its message,
 * in the handler. A `caller`, an `operator` or Event Grid (`event-delivery`) authenticates by an
 * Entra token, before the body is read; with `by: "session"` the portal's session replaces the
 * token, and its person needs exactly the same rights. A `session` route is the portal's own, for
 * every signed-in person. A handler parses, loads, decides, acts and renders; it throws `AppError`
 * for a refusal, and the adapter renders that as an ARM error.
 */
export type ServedRoute = {
  readonly method: Method;
  /** Express path; matched without regard to case, as ARM does. */
  readonly path: string;
  /** Absent: a page of the portal, or one of its back channels, which no reference describes. */
  readonly described?: Description;
} & (
  | ({ readonly authentication: "device" | "public" } & Reads<RouteRequest>)
  | ({ readonly authentication: "session" } & Reads<SessionRequest>)
  | ({
      readonly authentication: TokenAuthentication;
      readonly by?: "session";
      /** Start of the row's path that is hidden from its handler. */
      readonly below?: string;
      /** ARM action that the caller needs, such as `Microsoft.DataBox/jobs/write`. */
      readonly action: Action;
    } & Reads<CallerRequest>)
);

/** A row of the API. The API's document is made of these rows, so none lacks its description. */
export type Route = ServedRoute & { readonly described: Description };

/**
 * Throws `AppError` AuthenticationFailed or AuthorizationFailed. Called before the body is read.
 */
export type AuthenticateCaller = (
  request: RouteRequest,
  route: {
    readonly authentication: TokenAuthentication;
    readonly by?: "session";
    readonly action: Action;
  },
) => Promise<Caller>;

/**
 * The person who calls from a page of the portal, as their bearer token would name them, and their
 * session.
 */
export type Identified = { readonly caller: Caller; readonly session: Session };
/** @throws {AppError} AuthenticationFailed (no-session), CrossSiteRequest */
export type IdentifySession = (request: RouteRequest) => Promise<Identified>;

const CLIENT_ID = /^[\w.:-]{1,128}$/;

/** A client's own id, if it is one that a header can carry back. */
export function clientId(request: RouteRequest, name: string): string | undefined {
  const value = request.header(name);
  return value !== undefined && CLIENT_ID.test(value) ? value : undefined;
}

/** Ties answer, log lines and audit rows of a request together; the client's own, if it has one. */
export const correlationIdOf = (request: RouteRequest): string =>
  clientId(request, "x-ms-correlation-request-id") ?? request.requestId;

/**
 * Absolute form (RFC 9112 §3.2.2): which host it names does not matter, as with the Host header.
 */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * Reads the target of a request line without `new URL`, which throws for `//[` and takes
 * `//host/path` for another host.
 *
 * @returns the path with its query; undefined for `*`, `host:port` and anything else that does not
 * name a path
 */
export function parseRequestTarget(target: string): string | undefined {
  if (target.startsWith("/")) return target;
  const path = target.replace(ABSOLUTE_FORM, "");
  if (path === target) return undefined;
  return path.startsWith("/") ? path : `/${path}`;
}

/** A person's token is for Resource Manager (and this broker), Key Vault, or the directory. */
export type Audience = "arm" | "vault" | "graph";
export type UserToken = { readonly accessToken: string; readonly expiresAtMs: number };

/** The sealed part of a session: the person, and the tokens to act for them. */
export type SessionContent = {
  /** A customer's; absent: the service's own. */
  readonly tenantId?: string | undefined;
  readonly name: string;
  readonly roles: string[];
  readonly refreshToken?: string | undefined;
  readonly tokens: { readonly [Name in Audience]?: UserToken | undefined };
};

/** A portal session as it was read; `content` is replaced by compare-and-swap of `revision`. */
export type Session = {
  readonly idHash: string;
  readonly objectId: string;
  /**
   * Proves that a request comes from one of the portal's own pages; only the broker can derive it.
   */
  readonly csrfToken: string;
  readonly expiresAtMs: number;
  readonly revision: number;
  readonly content: SessionContent;
};
