import { namesOf } from "@databox-cmk/errors";

const ORDER = "/orders/$subscriptionId/$resourceGroup/$jobName";

/** The first page of each topic; deeper pages without a topic of their own share it. */
const PAGES = {
  home: "/",
  orders: "/orders",
  create: "/create",
  approvals: "/approvals",
  notifications: "/notifications",
  troubleshooter: "/troubleshooter",
  overview: ORDER,
  activity: `${ORDER}/activity`,
  deviceDetails: `${ORDER}/device-details`,
  unlock: `${ORDER}/unlock`,
  encryption: `${ORDER}/encryption`,
  keyHealth: `${ORDER}/key-health`,
  unlockPolicy: `${ORDER}/unlock-policy`,
  backupKeys: `${ORDER}/backup-keys`,
  contact: `${ORDER}/contact`,
  operations: `${ORDER}/operations`,
  fleet: "/operator/fleet",
  campaigns: "/operator/campaigns",
  organizations: "/operator/organizations",
  brokerHealth: "/operator/health",
} as const;
export type HelpTopic = keyof typeof PAGES;

/**
 * Finds the topic of a page.
 *
 * @param route - path of its route, with the names of parameters
 */
export function helpTopicOf(route: string): HelpTopic {
  const path = SHARED[route] ?? route;
  const topics = namesOf(PAGES).filter(
    (topic) => path === PAGES[topic] || path.startsWith(`${PAGES[topic]}/`),
  );
  const longest = topics.toSorted((one, other) => PAGES[other].length - PAGES[one].length)[0];
  return longest ?? "home";
}

const SHARED: Readonly<Record<string, string>> = {
  [`${ORDER}/clone`]: PAGES.create,
  [`${ORDER}/approvals`]: PAGES.approvals,
  [`${ORDER}/troubleshoot`]: PAGES.troubleshooter,
  "/operator/orders": PAGES.orders,
};
