import { generateKeyPairSync, randomBytes } from "node:crypto";

import {
  decodeBase64url,
  deriveSplitKey,
  type EnvelopeContext,
  importRecoveryKey,
  openEnvelope,
  parseEnvelope,
  rekeyInfo,
  sealEnvelope,
} from "@databox-cmk/crypto";
import {
  MESSAGE_TYPES,
  PORTAL_PATHS,
  rekeyProposal,
  signedEnvelope,
  type UnlockPolicy,
} from "@databox-cmk/protocol";
import { DeviceClient, type ExchangeAnswer, LeaseClient, RekeyClient } from "@databox-cmk/testkit";

import { foldOrderId } from "../../src/core/order.ts";
import { fromJson, toJson } from "../../src/store/json-column.ts";
import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { API, SUBSCRIPTION, userIdentity } from "../world/jobs.ts";
import type { JsonAnswer } from "../world/open-broker.ts";
import { AZURE_CALLS, PORTAL_URL, SECOND_KEY, SECOND_VAULT, VAULTS } from "./open-explored.ts";
import {
  accountOf,
  type Name,
  partOf,
  policyOf,
  POWERLESS,
  type Rules,
  RULES,
  tellRules,
} from "./people.ts";
import { judgeChange } from "./properties.ts";
import type { Flight, Node, Place, Step, Walk } from "./walk.ts";

type Action = {
  readonly tell: (...given: never[]) => string;
  readonly run: (walk: Walk, flight: Flight, ...given: never[]) => Promise<string>;
};
type Device = "appliance" | "second node" | "stolen copy";
type Kind = "unlock" | "change";
/** Of a kill switch; `node` is the appliance's, or the first one's of two. */
export type Scope = "order" | "node" | "second node" | "subscription" | "fleet";

const { publicKey: PEM } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const RUBBISH = /^challenge: /;
const said = ({ status, json }: JsonAnswer): string =>
  `${status} ${String(json?.error?.code ?? "")}`.trim();
const nodeOf = (walk: Walk, device: Device): Node | undefined =>
  ({ appliance: walk.node, "second node": walk.second, "stolen copy": walk.thief })[device];
const purposeOf = ({ stage }: Walk): "unlock" | "ingest" =>
  stage === "AtAzureDC" || stage === "DataCopy" ? "ingest" : "unlock";
/** They hold no role that decides, changes or gets anything. */
const requirePower = (walk: Walk, who: Name, answer: JsonAnswer, what: string): void => {
  if (answer.status < 300 && POWERLESS.has(who))
    walk.bad(1, `${what} by somebody without the right`);
};

/**
 * The answer to a change that may need approvals: it waits for them, is refused, or is judged.
 *
 * @param step - sent again once the approvals are given
 * @param loosens - of an accepted change: what it loosened; false if nothing
 */
function judge(
  walk: Walk,
  flight: Flight,
  who: Name,
  step: Step,
  answer: JsonAnswer,
  { loosens, after }: { loosens: string | false; after?: Rules },
): string {
  const [name, , ...given] = step;
  const proposal = JSON.stringify([name, ...given]);
  if (answer.json?.error?.code === "ChangeNeedsApproval") {
    const [, id = ""] = /approvals\/([\da-f-]+)/.exec(answer.text) ?? [];
    walk.changes.set(who, { step, approval: id });
    walk.waiting.set(proposal, id);
    if (!walk.askers.has(id)) walk.askers.set(id, who);
    return "needs approval";
  }
  requirePower(walk, who, answer, name);
  if (answer.status >= 300 || loosens === false) return said(answer);
  const approval = walk.waiting.get(proposal);
  const before = walk.history.rulesAt(flight.until ?? walk.history.seq);
  const asker = walk.askers.get(approval ?? "") ?? who;
  const change = { who, asker, what: loosens, before, after, approval, atMs: walk.nowMs };
  walk.violations.push(...judgeChange(change, walk.history));
  return said(answer);
}

const payloadOf = (text: string) =>
  signedEnvelope.parse(JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()));

/** Like a broker that drops a part of the policy that people wrote. */
async function forget(
  walk: Walk,
  change: (policy: UnlockPolicy) => Partial<UnlockPolicy>,
): Promise<void> {
  const store = walk.world.store();
  const order = foldOrderId(walk.path);
  const rows = await store
    .selectFrom("unlock_policies")
    .select("policy_json")
    .where("order_id", "=", order)
    .execute();
  for (const { policy_json: json } of rows) {
    const policy = fromJson(json);
    await store
      .updateTable("unlock_policies")
      .set({ policy_json: toJson({ ...policy, ...change(policy) }) })
      .where("order_id", "=", order)
      .execute();
  }
}

async function sendUnlock(walk: Walk, flight: Flight, node: Node): Promise<string> {
  const { asked, client } = node;
  if (asked === undefined) return "nothing to send";
  const begun = walk.history.seq;
  const { answer: known } = asked;
  const answer = await client.sendUnlock(asked.request);
  if (answer.kind === "pending") asked.approval = answer.value.approval.id;
  if (answer.kind === "denial") return answer.value.code;
  if (answer.kind !== "answer") return answer.kind;
  const { purpose, approval, since } = asked;
  const isRepeat = walk.given.has(answer.text);
  walk.leaves(
    {
      what: isRepeat ? "repeat" : "unlock",
      begun,
      // A request that never waited is decided again each time.
      since: isRepeat || approval !== undefined ? since : begun,
      purpose,
      serial: node.client.serial,
      device: node.number,
      approval,
    },
    flight,
  );
  walk.given.set(answer.text, walk.given.get(answer.text) ?? since);
  // Copies that are on their way together share one answer.
  if (known === answer.text) await walk.requireRepeatTold(answer.text);
  asked.answer = answer.text;
  node.lease = new LeaseClient(client, answer.value.lease);
  node.wait = undefined;
  return isRepeat ? "the same grant" : "granted";
}

/** It may go on only if the guards held at the last happening before this step. */
function judgeLease(
  walk: Walk,
  { client, number: device }: Node,
  { typ, payload }: ExchangeAnswer,
): string {
  if (typ !== MESSAGE_TYPES.lease) return String(payload["code"]);
  const { begun } = walk;
  const { serial } = client;
  walk.leaves({ what: "renewal", begun, purpose: "unlock", serial, device }, { until: begun });
  return "renewed";
}

async function carry(walk: Walk, flight: Flight, who: Name, node: Node, isAgain: boolean) {
  const { seq: begun } = walk.history;
  node.challenge ??= {
    request: await node.client.prepareChallenge(),
    since: begun,
    asker: who,
  };
  const asked = isAgain ? node.carried : node.challenge;
  if (asked === undefined) return "nothing was carried";
  const answer = await walk.order(who, "POST", "/offlineUnlocks", {
    challenge: asked.request.text,
    reason: "no network",
  });
  requirePower(walk, who, answer, "an answer was carried");
  if (answer.status === 202) {
    const [, payload = ""] = String(answer.json.answer).split(".");
    asked.approval = JSON.parse(Buffer.from(payload, "base64url").toString()).approval?.id;
  }
  if (answer.status === 200) {
    const { approval, since: madeAt, asker } = asked;
    const text = String(answer.json.answer);
    const former = walk.given.get(text);
    const isRepeat = former !== undefined;
    const what = isRepeat ? "repeat" : "carried unlock";
    const since = former ?? (approval === undefined ? begun : madeAt);
    const device = node.number;
    const { serial } = node.client;
    walk.leaves({ what, begun, since, purpose: "unlock", serial, device, approval, asker }, flight);
    walk.given.set(text, former ?? walk.history.seq);
    await walk.requireTold("offline-unlock", who);
    if (!isAgain) node.carried = { ...asked, since: walk.history.seq };
  }
  if (answer.status !== 202 && !isAgain) node.challenge = undefined;
  return said(answer);
}

async function writeRules(
  walk: Walk,
  flight: Flight,
  who: Name,
  index: number,
  custody?: object,
): Promise<string> {
  const rules = RULES[index] ?? { n: 0 };
  const answer = await walk.order(who, "PUT", "/unlockPolicy", { ...policyOf(rules), custody });
  const step: Step = ["rules", who, index];
  const text = judge(walk, flight, who, step, answer, { loosens: "the rules", after: rules });
  if (answer.status >= 300) return text;
  const former = walk.rules;
  walk.note({ kind: "rules", rules });
  if (walk.removed.has("the unlock hours"))
    await forget(walk, ({ release }) => ({ release: { ...release, windows: [] } }));
  await walk.requireTold("policy/write", who, "policy.changed");
  await walk.requireFormerTold(former);
  return text;
}

async function vote(
  walk: Walk,
  flight: Flight,
  who: Name,
  verdict: "approve" | "reject",
  kind: Kind,
): Promise<string> {
  const isAlone = walk.held === undefined;
  const { json } = await walk.order(who, "GET", "/approvals");
  const found = (json?.value ?? []).find(
    (each: { state: string; way: string }) =>
      ["waiting", "approved"].includes(each.state) &&
      (each.way === "change") === (kind === "change"),
  );
  if (found === undefined) return "nothing waits";
  const answer = await walk.order(who, "POST", `/approvals/${String(found.id)}/${verdict}`, {
    reason: "seen",
  });
  requirePower(walk, who, answer, "a decision");
  const may = verdict === "approve" ? found.mayDecide : found.mayReject;
  // Each replica remembers the roles of a person for half a minute.
  const isSettled = !walk.history
    .of("lost", walk.history.seq)
    .some((each) => each.who === who && each.atMs > walk.nowMs - 31_000);
  if (
    isSettled &&
    isAlone &&
    flight.until === undefined &&
    may !== (answer.status === 200) &&
    answer.status !== 503
  )
    walk.bad(8, `${who} is shown ${String(may)}, and ${verdict} is answered ${said(answer)}`);
  if (answer.status !== 200) return said(answer);
  walk.note({ kind: "vote", approval: found.id, who, yes: verdict === "approve" });
  await walk.requireTold(`approval/${verdict}`, who);
  if (walk.removed.has("a vote counts once")) await doubleVote(walk, found.id);
  return said(answer);
}

async function doubleVote(walk: Walk, approval: string): Promise<void> {
  const store = walk.world.store();
  const [cast] = await store
    .selectFrom("approval_votes")
    .selectAll()
    .where("approval_id", "=", approval)
    .execute();
  if (cast === undefined) return;
  const other = { ...cast, object_id: accountOf("Ann").oid, held_right: "token" as const };
  await store
    .insertInto("approval_votes")
    .values(other)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function move(walk: Walk, action: string): Promise<string> {
  const all = await walk.world.store().selectFrom("envelopes").selectAll().execute();
  const kept = all.filter((row) => row.order_id === walk.path.toLowerCase());
  const answer = await walk.operate(action, action === "fail" ? { outcome: "Aborted" } : {});
  if (answer.status !== 200) return said(answer);
  const { stage: before } = walk;
  walk.note({ kind: "stage", stage: answer.json.properties.status });
  if (action === "erase") {
    walk.note({ kind: "erased" });
    if (walk.removed.has("an erasure is final") && kept.length > 0)
      await walk.world
        .store()
        .insertInto("envelopes")
        .values(kept)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    await requireNothingKept(walk);
  }
  if (walk.stage !== before) await walk.requireTold(`order/${action}`, "the operator");
  return `${said(answer)} ${walk.stage}`;
}

/** Nothing in the database opens a volume of an erased order. */
async function requireNothingKept(walk: Walk): Promise<void> {
  const store = walk.world.store();
  const order = walk.path.toLowerCase();
  for (const table of ["envelopes", "device_shares", "rekeys", "stored_answers"] as const) {
    const rows = await store.selectFrom(table).select("order_id").execute();
    if (rows.some((row) => row.order_id === order))
      walk.bad(6, `${table} keeps something of the erased order`);
  }
  const carried = await store
    .selectFrom("offline_unlocks")
    .select(["answer", "order_id"])
    .execute();
  if (carried.some((row) => row.order_id === order && row.answer !== null && row.answer !== ""))
    walk.bad(6, "a carried answer of the erased order is kept");
}

const serialOf = (walk: Walk, scope: Scope): string | undefined =>
  scope === "node"
    ? walk.node.client.serial
    : scope === "second node"
      ? walk.second?.client.serial
      : undefined;

async function spareLeases(walk: Walk): Promise<void> {
  const store = walk.world.store();
  await store.deleteFrom("revocations").execute();
  await store.updateTable("leases").set({ state: "live", refusal_json: null }).execute();
}

async function switchUnlocking(
  walk: Walk,
  flight: Flight,
  who: Name,
  isOn: boolean,
  scope: Scope,
): Promise<string> {
  const serial = serialOf(walk, scope);
  const isNode = scope === "node" || scope === "second node";
  if (isNode && serial === undefined) return "no such node";
  const isOperator = who === "the operator";
  if (!isOperator && (scope === "subscription" || scope === "fleet")) return "not a customer's";
  const reason = isOn ? { reason: "lost" } : {};
  const places = {
    subscription: { kind: "subscription", subscriptionId: SUBSCRIPTION },
    fleet: { kind: "fleet" },
    order: { kind: "order", order: walk.path },
    node: { kind: "node", order: walk.path, serial },
    "second node": { kind: "node", order: walk.path, serial },
  };
  const action = isOn ? "revoke" : "restoreAccess";
  const answer = isOperator
    ? await walk.call(who, "POST", `/operator/v1/${action}`, { ...reason, scope: places[scope] })
    : await walk.order(who, "POST", `/${action}`, { ...reason, serial });
  const step: Step = [isOn ? "revoke" : "restore", who, scope];
  const loosens = !isOn && !isOperator && Number(answer.json?.lifted) > 0 && "the kill switch";
  const text = judge(walk, flight, who, step, answer, { loosens });
  if (answer.status !== 200) return text;
  const by = isOperator ? "operator" : "customer";
  if (isOn)
    walk.note({ kind: "switch", by, isOn, scope: isNode ? `node ${serial ?? ""}` : placed(scope) });
  else await noteLifted(walk);
  if (isOn && walk.removed.has("a kill switch ends leases")) await spareLeases(walk);
  const isOfOrder = isNode || scope === "order";
  const chain = isOfOrder ? walk.path : "broker";
  await walk.requireTold(
    `order/${action}`,
    who,
    isOn && isOfOrder ? "access.revoked" : undefined,
    chain,
  );
  return text;
}

const placed = (scope: Scope): "order" | "subscription" | "fleet" =>
  scope === "node" || scope === "second node" ? "order" : scope;

/** The switches over the order as it lists them: by owner and scope, as the history has them. */
async function listSwitches(walk: Walk): Promise<ReadonlySet<string> | undefined> {
  const { status, json } = await walk.order("Olga", "GET", "/revocations");
  if (status !== 200) return undefined;
  const value: { origin: string; scope: string; serial?: string }[] = json.value;
  return new Set(
    value.map(({ origin, scope, serial }) =>
      [origin, scope, ...(serial === undefined ? [] : [serial])].join(" "),
    ),
  );
}

/** Turning off leaves those that are activated meanwhile. */
async function noteLifted(walk: Walk): Promise<void> {
  const listed = await listSwitches(walk);
  for (const [name, { scope, by }] of walk.history.switchesOn(walk.history.seq))
    if (listed?.has(name) === false) walk.note({ kind: "switch", scope, by, isOn: false });
}

const KEYS = {
  "the newest version": CUSTOMER_KEY,
  "another vault's key": SECOND_KEY,
  "another identity": CUSTOMER_KEY,
} as const;

async function chooseKey(
  walk: Walk,
  flight: Flight,
  who: Name,
  which: keyof typeof KEYS,
): Promise<string> {
  const before = await vaultOf(walk);
  const isOther = which === "another identity";
  const resourceId = userIdentity(walk.job);
  const answer = await walk.order(who, "PATCH", "", {
    ...(isOther && {
      identity: {
        type: "SystemAssigned,UserAssigned",
        userAssignedIdentities: { [resourceId]: {} },
      },
    }),
    properties: {
      details: {
        keyEncryptionKey: {
          ...KEYS[which],
          identityProperties: isOther
            ? { type: "UserAssigned", userAssigned: { resourceId } }
            : { type: "SystemAssigned" },
        },
      },
    },
  });
  const moved = { from: before, to: new URL(KEYS[which].kekUrl).host };
  return judgeMove(walk, flight, who, ["choose key", who, which], answer, moved);
}

/** The host of the vault whose administrators hold the key. */
async function vaultOf(walk: Walk): Promise<string> {
  const row = await walk.world
    .store()
    .selectFrom("order_keys")
    .select("kek_url")
    .where("order_id", "=", foldOrderId(walk.path))
    .executeTakeFirst();
  const { kek_url: url } = row ?? {};
  return typeof url === "string" ? new URL(url).host : "";
}

/** Another vault is another custodian. A call that was held may end beside another one's move. */
async function judgeMove(
  walk: Walk,
  flight: Flight,
  who: Name,
  step: Step,
  answer: JsonAnswer,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string> {
  const isMoved = from !== to && (await vaultOf(walk)) === to && walk.stage !== "Deleted";
  return judge(walk, flight, who, step, answer, { loosens: isMoved && "the key's vault" });
}

async function runCampaign(walk: Walk, flight: Flight, kind: "rotate" | "move"): Promise<string> {
  if (walk.held !== undefined) return "something is on its way";
  const before = await vaultOf(walk);
  const answer = await walk.call("the operator", "POST", "/operator/v1/campaigns", {
    action: kind === "rotate" ? { kind } : { kind, to: { ...SECOND_VAULT } },
    selector: { orders: [walk.path] },
  });
  if (answer.status !== 201) return said(answer);
  await walk.world.broker().runCampaigns();
  const orders = await walk.call(
    "the operator",
    "GET",
    `/operator/v1/campaigns/${String(answer.json.id)}/orders`,
  );
  const [step] = orders.json.value;
  const waits = step?.error?.code === "ChangeNeedsApproval";
  const { json } = await walk.order("Olga", "GET", "/approvals");
  const change = (json?.value ?? []).find(
    (each: { state: string; way: string }) => each.way === "change" && each.state === "waiting",
  );
  const asked = waits ? { json: step, text: `approvals/${String(change?.id)}` } : {};
  const to = kind === "move" ? new URL(SECOND_VAULT.kekUrl).host : before;
  // As the same choice by a person.
  const same: Step = ["choose key", "the operator", "another vault's key"];
  await judgeMove(
    walk,
    flight,
    "the operator",
    same,
    { ...answer, ...asked },
    { from: before, to },
  );
  return `${String(step?.state)} ${String(step?.error?.code ?? "")}`.trim();
}

/** @returns the new content key's envelope in force, and what opens the volume */
async function rekeyWhole(walk: Walk, flight: Flight): Promise<string> {
  const { node } = walk;
  const { lease, number, client } = node;
  if (lease === undefined) return "no lease";
  const begun = walk.history.seq;
  const mustBeSplit = walk.isSplit;
  const rekey = new RekeyClient(lease);
  const { payload, requestHash, sealingKey } = await rekey.ask();
  if ("code" in payload) return String(payload["code"]);
  const { serial } = client;
  walk.leaves({ what: "rekey", begun, purpose: "unlock", serial, device: number }, flight);
  const proposal = rekeyProposal.parse(payload);
  const envelope = parseEnvelope(payloadOf(proposal.envelope).jwe);
  const { context } = envelope;
  const isSplit = context.cus === "split";
  if (mustBeSplit && !isSplit) walk.bad(5, "a new content key in escrow is proposed");
  const both = await sealingKey.open(
    {
      enc: decodeBase64url(proposal.sealed.enc),
      ciphertext: decodeBase64url(proposal.sealed.ciphertext),
    },
    rekeyInfo(requestHash),
  );
  const secret = await openEnvelope(envelope, both.subarray(32), context);
  const share = new Uint8Array(randomBytes(32));
  const split = isSplit ? { share, key: deriveSplitKey(share, secret, context) } : undefined;
  client.extensions = isSplit && walk.hasRecoveryKey ? await copyOf(share, context) : undefined;
  const isAsked = walk.isSplit;
  try {
    const current = await rekey.confirm(proposal.rekey);
    if (current.env !== context.env) return "overtaken";
  } catch {
    return "not confirmed";
  } finally {
    client.extensions = undefined;
  }
  if (isAsked && !isSplit) walk.bad(5, "a content key in escrow came into force");
  node.split = split;
  return isSplit ? "split" : "escrow";
}

/** The appliance's share, for its owner's recovery key. */
async function copyOf(unlockKey: Uint8Array, context: EnvelopeContext) {
  const cek = new Uint8Array(randomBytes(32));
  const owner = importRecoveryKey(PEM);
  const copy = await sealEnvelope({
    unlockKey,
    cek,
    context: { ...context, cus: "split-device" },
    recipients: [{ kid: owner.kid, encryptedKey: owner.wrap(cek) }],
  });
  return { deviceShare: copy.toJSON() };
}

const SESSION = /__Host-databox=([\w-]{43})/;
const setCookie = ({ headers }: JsonAnswer): string =>
  [headers["set-cookie"] ?? []].flat().join("; ");

/** By way of Entra ID and back, in a browser that may have a session already. */
async function signIn(walk: Walk, who: Name): Promise<string> {
  if (accountOf(who).isApplication === true) return "a program has no browser";
  const go = (path: string, cookie = "") =>
    walk.world.call("GET", path, {
      claims: "none",
      headers: { cookie, "sec-fetch-site": "same-origin" },
    });
  const begun = await go("/portal/auth/sign-in");
  const state = new URL(String(begun.headers["location"])).searchParams.get("state") ?? "";
  const back = `/portal/auth/callback?state=${state}&code=${encodeURIComponent(who)}`;
  if (SESSION.test(setCookie(await go(back))))
    walk.bad(1, "a browser is signed in by a sign-in that another one began");
  const [attempt = ""] = setCookie(begun).split(";", 1);
  const former = walk.sessions.get(who);
  const held = former === undefined ? "" : `; __Host-databox=${former.id}`;
  const [, id] = SESSION.exec(setCookie(await go(back, `${attempt}${held}`))) ?? [];
  if (id === undefined) return "not signed in";
  if (former !== undefined && (await go("/portal/api/session", held.slice(2))).status !== 401)
    walk.bad(1, "the session before a sign-in goes on");
  const answer = await go("/portal/api/session", `__Host-databox=${id}`);
  if (answer.status !== 200) return said(answer);
  walk.sessions.set(who, { id, csrfToken: answer.json.csrfToken });
  await callAzure(walk, who, true);
  return "signed in";
}

/** The portal's calls to Azure: by the person's own token, from their own page, of its rows alone. */
async function callAzure(walk: Walk, who: Name, isSignedIn: boolean): Promise<void> {
  const session = walk.sessions.get(who);
  if (session === undefined) return;
  const cookie = `__Host-databox=${session.id}`;
  const own = {
    cookie,
    origin: PORTAL_URL,
    "sec-fetch-site": "same-origin",
    "x-csrf-token": session.csrfToken,
  };
  const send = async (method: string, path: string, headers: Record<string, string>) => {
    const before = AZURE_CALLS.length;
    await walk.world.call(method, `${PORTAL_PATHS.caller}${path}`, { claims: "none", headers });
    return AZURE_CALLS.slice(before);
  };
  const list = "/subscriptions?api-version=2022-12-01";
  const sent = await send("GET", list, own);
  const isOwn = sent.every((token) => {
    const [, claims = ""] = token.split(".");
    return Buffer.from(claims, "base64url").toString().includes(accountOf(who).oid);
  });
  if (!isOwn) walk.bad(1, "Azure was called with the token of somebody else");
  if (sent.length !== (isSignedIn ? 1 : 0))
    walk.bad(isSignedIn ? 8 : 1, `a session made ${sent.length} calls to Azure`);
  const vault = `/subscriptions/${SUBSCRIPTION}/resourceGroups/one/providers/Microsoft.KeyVault/vaults/${VAULT_NAME}`;
  const others = [
    await send("GET", list, { cookie, "sec-fetch-site": "cross-site" }),
    await send("POST", `${vault}/accessPolicies/replace?api-version=2026-02-01`, own),
    await send("DELETE", `${vault}?api-version=2026-02-01`, own),
  ];
  if (others.flat().length > 0) walk.bad(1, "a call that no page makes was passed on to Azure");
}

/** A page of another site uses the browser's cookie. */
async function forge(walk: Walk, who: Name, action: string): Promise<string> {
  const session = walk.sessions.get(who);
  if (session === undefined) return "no session";
  const path = `${PORTAL_PATHS.caller}${walk.path}/${action}?${API}`;
  const cookie = `__Host-databox=${session.id}`;
  for (const headers of [
    { cookie },
    { cookie, origin: PORTAL_URL, "sec-fetch-site": "same-origin" },
    { cookie, origin: "https://elsewhere.example", "x-csrf-token": session.csrfToken },
  ]) {
    const answer = await walk.world.call("POST", path, {
      claims: "none",
      headers,
      body: { reason: "forged" },
    });
    if (answer.status < 400) walk.bad(1, `${action} from a page of somebody else`);
  }
  return "refused";
}

async function remove(walk: Walk, who: Name): Promise<string> {
  const answer = await walk.order(who, "DELETE", "");
  requirePower(walk, who, answer, "the order was deleted");
  if (answer.status !== 202) return said(answer);
  walk.note({ kind: "stage", stage: "Deleted" });
  walk.note({ kind: "erased" });
  await walk.requireTold("order/delete", who);
  await requireNothingKept(walk);
  return said(answer);
}

type Shown = { readonly approvals: number; readonly codes: ReadonlySet<string> };

/** What the pages say is in the way of a node's unlock; undefined while something is on its way. */
async function readVerdict(walk: Walk, { client }: Node): Promise<Shown | undefined> {
  if (walk.held !== undefined) return undefined;
  const { status, json } = await walk.order("Olga", "GET", "/nodes");
  if (status !== 200) return undefined;
  const causes: { code: string; serial?: string }[] = walk.removed.has("the verdict has the guards")
    ? []
    : json.verdict.causes;
  const own = causes.filter(({ serial = client.serial }) => serial === client.serial);
  return { approvals: json.verdict.approvals, codes: new Set(own.map(({ code }) => code)) };
}

/** They stop every unlock; what a vault said last may have passed. */
const SURE: ReadonlySet<string> = new Set([
  "UnlockRevoked",
  "PurposeForbidden",
  "DeviceNotAuthenticated",
  "ReleaseWindowClosed",
  "RateLimited",
]);
/** Only the device knows it: the database is older than its message. */
const AHEAD: ReadonlySet<string> = new Set([
  "CounterRollback",
  "GenerationRollback",
  "EnvelopeMismatch",
]);

/** An unlock, tried at once, ends as the verdict said. */
async function compareVerdict(
  walk: Walk,
  node: Node,
  { codes, approvals }: Shown,
  answer: string,
): Promise<void> {
  const shown = [...codes].join(", ") || "nothing";
  const isOpened = answer === "granted" || answer === "pending";
  const isElsewhere = partOf(walk.rules, purposeOf(walk)).elsewhere === true;
  if (isOpened && [...codes].some((code) => SURE.has(code)))
    walk.bad(8, `the verdict names ${shown}, and the unlock is ${answer}`);
  if (answer === "pending" && approvals === 0)
    walk.bad(8, "the verdict asks for no approvals, and the unlock is pending");
  if (isOpened || codes.has(answer) || AHEAD.has(answer)) return;
  // No verdict knows the address of the next request.
  if (answer === "PurposeForbidden" && isElsewhere) return;
  // Answers of vaults are ordered by the time of asking, which has stepped back.
  if (!SURE.has(answer) && walk.nowMs < walk.newestMs) return;
  // A vault is known by its last answer, and this is one; it is stored once the device has it.
  for (const { broker } of walk.world.replicas()) await broker.idle();
  const after = SURE.has(answer) ? undefined : await readVerdict(walk, node);
  if (after?.codes.has(answer) !== true)
    walk.bad(8, `the verdict names ${shown}, and the unlock is refused by ${answer}`);
}

async function look(walk: Walk): Promise<string> {
  if (walk.held !== undefined) return "something is on its way";
  const answer = await walk.order("Olga", "GET", "/nodes");
  if (answer.status !== 200) return said(answer);
  const nodes: { serial: string; lock: string }[] = answer.json.value;
  const summaries = await walk.call(
    "Olga",
    "GET",
    `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/orderSummaries`,
  );
  const view = await walk.call("the operator", "GET", `/operator/v1${walk.path}`);
  const summary = (summaries.json?.value ?? []).find(
    ({ name }: { name: string }) => name === walk.job,
  );
  const health = await walk.order("Olga", "GET", "/keyHealth");
  const listed = await listSwitches(walk);
  const on = new Set(walk.history.switchesOn(walk.history.seq).keys());
  const compare = (what: string, shown: unknown, expected: unknown) => {
    if (JSON.stringify(shown) !== JSON.stringify(expected))
      walk.bad(8, `${what}: ${JSON.stringify(shown)} beside ${JSON.stringify(expected)}`);
  };
  compare("kill switches", [...(listed ?? [])].toSorted(), [...on].toSorted());
  const locks = (value: typeof nodes | undefined) =>
    value?.map(({ serial, lock }) => `${serial} ${lock}`).toSorted();
  compare("the verdict in the operator's view", view.json.verdict, answer.json.verdict);
  compare("locks in the operator's view", locks(view.json.nodes), locks(nodes));
  if (summary !== undefined) {
    compare("locks in the list", locks(summary.nodes), locks(nodes));
    compare("the verdict in the list", summary.unlock.state, answer.json.verdict.state);
    compare("key health in the list", summary.keyHealth.state, health.json.state);
  }
  for (const { serial, lock } of nodes) {
    const isRevoked = walk.history.switchesOn(walk.history.seq, serial).size > 0;
    if ((lock === "revoked") !== isRevoked && lock !== "notPrepared")
      walk.bad(8, `the node is shown as ${lock}, and unlocking is ${isRevoked ? "off" : "on"}`);
  }
  return nodes.map(({ lock }) => lock).join(" ");
}

/** Every step: its words in a story, and its calls. */
const ACTIONS: Readonly<Record<string, Action>> = {
  order: {
    tell: (kind: string) => `an order with ${kind}`,
    run: () => Promise.resolve("it is there already"),
  },
  rules: {
    tell: (who: Name, index: number) =>
      `${who} writes the policy: ${tellRules(RULES[index] ?? { n: 0 })}`,
    run: (walk, flight, who: Name, index: number) => writeRules(walk, flight, who, index),
  },
  "split custody": {
    tell: (who: Name) => `${who} asks for split custody`,
    async run(walk, flight, who: Name) {
      const index = RULES.indexOf(walk.rules);
      const custody = { kind: "split", acceptNoRecovery: true };
      const answer = await writeRules(walk, flight, who, Math.max(0, index), custody);
      if (answer !== "200") return answer;
      walk.note({ kind: "split" });
      if (walk.removed.has("split custody stays"))
        await forget(walk, () => ({ custody: { kind: "escrow" } }));
      return answer;
    },
  },
  "send again": {
    tell: (who: Name) => `${who} sends the waiting change again`,
    async run(walk, flight, who: Name) {
      const change = walk.changes.get(who);
      return change === undefined ? "nothing waits" : perform(walk, change.step, flight);
    },
  },
  ask: {
    tell: (device: Device) => `the ${device} asks for an unlock`,
    async run(walk, flight, device: Device) {
      const node = nodeOf(walk, device);
      if (node === undefined) return "no such device";
      const purpose = purposeOf(walk);
      const since = walk.history.seq;
      const before = await readVerdict(walk, node);
      try {
        node.asked = { request: await node.client.prepareUnlock(purpose), since, purpose };
      } catch (error) {
        if (RUBBISH.test(String(error))) return "no challenge";
        throw error;
      }
      const answer = await sendUnlock(walk, flight, node);
      // A copy is no fact that the broker has.
      if (before !== undefined && flight.until === undefined && walk.thief === undefined)
        await compareVerdict(walk, node, before, answer);
      return answer;
    },
  },
  "ask again": {
    tell: (device: Device) => `the ${device} sends the same request again`,
    async run(walk, flight, device: Device) {
      const node = nodeOf(walk, device);
      return node === undefined ? "no such device" : sendUnlock(walk, flight, node);
    },
  },
  vote: {
    tell: (who: Name, verdict: string, kind: Kind) => `${who}: ${verdict} the ${kind}`,
    run: (walk, flight, who: Name, verdict: "approve" | "reject", kind: Kind) =>
      vote(walk, flight, who, verdict, kind),
  },
  passkey: {
    tell: (who: Name) => `${who} reads the passkey`,
    async run(walk, flight, who: Name) {
      const begun = walk.history.seq;
      const answer = await walk.order(who, "POST", "/listCredentials", {});
      requirePower(walk, who, answer, "the passkey was shown");
      if (answer.status === 200) walk.leaves({ what: "passkey", begun, purpose: "unlock" }, flight);
      return said(answer);
    },
  },
  export: {
    tell: (who: Name) => `${who} exports the envelopes`,
    async run(walk, flight, who: Name) {
      const begun = walk.history.seq;
      const answer = await walk.order(who, "GET", "/envelopes");
      requirePower(walk, who, answer, "the envelopes were exported");
      if (answer.status === 200 && answer.json.value.length > 0)
        walk.leaves({ what: "envelopes", begun, purpose: "unlock" }, flight);
      return said(answer);
    },
  },
  "recovery key": {
    tell: (who: Name) => `${who} adds a recovery key`,
    async run(walk, flight, who: Name) {
      const key = { kind: "RecoveryKey", publicKey: PEM };
      const answer = await walk.order(who, "PUT", "/backupKeys/mine", key);
      const loosens = !walk.hasRecoveryKey && "the backup keys";
      const text = judge(walk, flight, who, ["recovery key", who], answer, { loosens });
      if (answer.status < 300) walk.hasRecoveryKey = true;
      return text;
    },
  },
  "emergency access": {
    tell: (who: Name) => `${who} opens emergency access`,
    async run(walk, _flight, who: Name) {
      const answer = await walk.order(who, "POST", "/breakGlass", { reason: "patient data" });
      requirePower(walk, who, answer, "emergency access");
      if (answer.status === 200) {
        walk.note({ kind: "glass", untilMs: walk.nowMs + 900_000 });
        await walk.requireTold("order/breakGlass", who);
      }
      return said(answer);
    },
  },
  carry: {
    tell: (who: Name, device: Device) => `${who} carries a challenge of the ${device}`,
    async run(walk, flight, who: Name, device: Device) {
      const node = nodeOf(walk, device);
      return node === undefined ? "no such device" : carry(walk, flight, who, node, false);
    },
  },
  "carry again": {
    tell: (who: Name, device: Device) => `${who} fetches the carried answer of the ${device} again`,
    async run(walk, flight, who: Name, device: Device) {
      const node = nodeOf(walk, device);
      return node === undefined ? "no such device" : carry(walk, flight, who, node, true);
    },
  },
  rekey: {
    tell: () => "the appliance asks for a new content key",
    async run(walk, flight) {
      const { lease, number } = walk.node;
      if (lease === undefined) return "no lease";
      const begun = walk.history.seq;
      const { payload } = await new RekeyClient(lease).ask();
      if ("code" in payload) return String(payload["code"]);
      const { serial } = walk.node.client;
      walk.leaves({ what: "rekey", begun, purpose: "unlock", serial, device: number }, flight);
      return "proposed";
    },
  },
  "rekey to the end": {
    tell: () => "the appliance takes a new content key",
    run: (walk, flight) => rekeyWhole(walk, flight),
  },
  renew: {
    tell: (device: Device) => `the ${device} renews its lease`,
    async run(walk, _flight, device: Device) {
      const node = nodeOf(walk, device);
      if (node?.lease === undefined) return "no lease";
      return judgeLease(walk, node, await node.lease.renew());
    },
  },
  wait: {
    tell: (device: Device) => `the ${device} waits for news of its lease, which renews it`,
    async run(walk, _flight, device: Device) {
      const node = nodeOf(walk, device);
      if (node?.lease === undefined) return "no lease";
      node.wait = node.lease.watch({ extensions: { renew: true } }).then(
        (answer) => judgeLease(walk, node, answer),
        // The broker was killed.
        () => "no answer",
      );
      return "waits";
    },
  },
  news: {
    tell: (who: Name, device: Device) => `${who} orders a drill, and the ${device} has an answer`,
    async run(walk, _flight, who: Name, device: Device) {
      const { wait, lease } = nodeOf(walk, device) ?? {};
      if (wait === undefined || lease === undefined) return "nobody waits";
      const answer = await walk.order(who, "POST", "/revocationDrill", {});
      if (answer.status >= 300) return said(answer);
      for (const { broker } of walk.world.replicas()) await broker.watches.poll();
      const store = walk.world.store();
      const live = await store
        .selectFrom("leases")
        .select("id")
        .where("id", "=", lease.lease.id)
        .where("state", "=", "live")
        .execute();
      return live.length === 0 ? "no live lease" : ((await walk.soon(wait)) ?? "no news");
    },
  },
  revoke: {
    tell: (who: Name, scope: Scope = "order") => `${who} revokes (${scope})`,
    run: (walk, flight, who: Name, scope: Scope = "order") =>
      switchUnlocking(walk, flight, who, true, scope),
  },
  restore: {
    tell: (who: Name, scope: Scope = "order") => `${who} restores access (${scope})`,
    run: (walk, flight, who: Name, scope: Scope = "order") =>
      switchUnlocking(walk, flight, who, false, scope),
  },
  "choose key": {
    tell: (who: Name, which: string) => `${who} chooses ${which}`,
    run: (walk, flight, who: Name, which: keyof typeof KEYS) => chooseKey(walk, flight, who, which),
  },
  "new version": {
    tell: () => "the key gets a new version in its vault",
    async run(walk) {
      walk.kids.push(walk.world.vaults.rotate(VAULT_NAME, KEY_NAME));
      return "made";
    },
  },
  campaign: {
    tell: (kind: string) => `the operator's campaign: ${kind}`,
    run: (walk, flight, kind: "rotate" | "move") => runCampaign(walk, flight, kind),
  },
  delete: {
    tell: (who: Name) => `${who} deletes the order`,
    run: (walk, _flight, who: Name) => remove(walk, who),
  },
  "sign in": {
    tell: (who: Name) => `${who} signs in to the portal`,
    run: (walk, _flight, who: Name) => signIn(walk, who),
  },
  "sign out": {
    tell: (who: Name) => `${who} signs out, and the cookie was copied`,
    async run(walk, _flight, who: Name) {
      const session = walk.sessions.get(who);
      if (session === undefined) return "no session";
      const headers = {
        cookie: `__Host-databox=${session.id}`,
        origin: PORTAL_URL,
        "sec-fetch-site": "same-origin",
        "x-csrf-token": session.csrfToken,
      };
      const call = (method: string, path: string) =>
        walk.world.call(method, path, { claims: "none", headers });
      const answer = await call("POST", "/portal/auth/sign-out");
      await callAzure(walk, who, false);
      walk.sessions.delete(who);
      const after = await call("GET", "/portal/api/session");
      if (after.status !== 401) walk.bad(1, `a session that was ended answers ${after.status}`);
      return said(answer);
    },
  },
  forge: {
    tell: (who: Name, action: string) => `a page of somebody else sends ${who}'s ${action}`,
    run: (walk, _flight, who: Name, action: string) => forge(walk, who, action),
  },
  "back up": {
    tell: () => "the database is backed up",
    run: (walk) => walk.backUp(),
  },
  "restore the backup": {
    tell: () => "the database is restored from the backup",
    run: (walk) => walk.restoreBackup(),
  },
  "confirm the restore": {
    tell: () => "the operator confirms the restore",
    run: (walk) => walk.confirmRestore(),
  },
  "place again": {
    tell: () => "the order is placed again under its name, and delivered",
    run: (walk) => walk.placeAgain(),
  },
  steal: {
    tell: () => "somebody copies the appliance with its device key",
    async run(walk) {
      const { client, number, asked, challenge, carried } = walk.node;
      const { order, serial, key } = client;
      const copy = new DeviceClient({ transport: walk.world.transport(), order, serial, key });
      Object.assign(copy, {
        counter: client.counter,
        brokerKeys: client.brokerKeys,
        envelope: client.envelope,
      });
      walk.thief = { client: copy, number, asked, challenge, carried };
      return "copied";
    },
  },
  replace: {
    tell: () => "the operator replaces the device",
    async run(walk) {
      const { order, serial } = walk.node.client;
      const answer = await walk.operate("replaceDevice", { serial, reason: "stolen" });
      if (answer.status !== 200) return said(answer);
      walk.note({ kind: "replaced", serial });
      walk.thief ??= walk.node;
      const client = new DeviceClient({ transport: walk.world.transport(), order, serial });
      client.brokerKeys = walk.world.keys.bundle;
      const number = walk.history.replacedBefore(walk.history.seq, serial);
      walk.node = { client, number };
      walk.enrolmentCode = answer.json.enrolmentCode;
      await walk.requireTold("order/replaceDevice", "the operator");
      return said(answer);
    },
  },
  enrol: {
    tell: () => "the new device enrols",
    async run(walk) {
      if (walk.enrolmentCode === undefined) return "no code";
      const { kind } = await walk.node.client.enrol(walk.enrolmentCode);
      if (kind === "answer") walk.enrolmentCode = undefined;
      return kind;
    },
  },
  move: {
    tell: (action: string) => `the operator: ${action}`,
    run: (walk, _flight, action: string) => move(walk, action),
  },
  "lose Bob": {
    tell: () => "Bob's role is taken away",
    async run(walk) {
      walk.world.assignments.delete(accountOf("Bob").oid);
      walk.note({ kind: "lost", who: "Bob" });
      return "lost";
    },
  },
  pass: {
    tell: (seconds: number) => `${seconds} s pass`,
    async run(walk, _flight, seconds: number) {
      walk.world.clock.nowMs += seconds * 1000;
      // Once a minute.
      if (seconds > 60 && walk.held === undefined) await walk.noteAlive();
      return "passed";
    },
  },
  "clock back": {
    tell: (seconds: number) => `the clock steps back by ${seconds} s`,
    async run(walk, _flight, seconds: number) {
      walk.world.clock.nowMs -= seconds * 1000;
      return "stepped";
    },
  },
  crash: {
    tell: () => "the broker is killed and started again",
    async run(walk) {
      if (walk.held !== undefined) return "something is held";
      await walk.restart("crashed");
      return "started";
    },
  },
  key: {
    tell: (isEnabled: boolean) => `the key is ${isEnabled ? "enabled" : "disabled"}`,
    async run(walk, _flight, isEnabled: boolean) {
      for (const kid of walk.kids) walk.world.vaults.setEnabled(kid, isEnabled);
      return "done";
    },
  },
  vault: {
    tell: (answers: boolean) => `the vault ${answers ? "answers again" : "is silent"}`,
    async run(walk, _flight, answers: boolean) {
      const outage = { code: "KeyVaultUnreachable", reason: "timeout" } as const;
      for (const vault of VAULTS) walk.world.vaults.setOutage(vault, answers ? undefined : outage);
      return "done";
    },
  },
  look: {
    tell: () => "the surfaces are compared",
    run: (walk) => look(walk),
  },
  hold: {
    tell: (at: Place, step: Step) => `this is held at the ${at}: ${tellStep(step)}`,
    run: (walk, _flight, at: Place, step: Step) => walk.hold(at, step, perform),
  },
  "let go": {
    tell: () => "what was held goes on",
    run: (walk) => walk.letGo(),
  },
};

export async function perform(walk: Walk, [name, ...given]: Step, flight: Flight): Promise<string> {
  const action = ACTIONS[name];
  if (action === undefined) throw new RangeError(`no action ${name}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each action knows its own
  return action.run(walk, flight, ...(given as never[]));
}

export function tellStep([name, ...given]: Step): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each action knows its own
  return ACTIONS[name]?.tell(...(given as never[])) ?? name;
}
