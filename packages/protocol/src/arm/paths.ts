const PROVIDER = "/providers/Microsoft.DataBox";
const SUBSCRIPTION = "/subscriptions/:subscriptionId";
const GROUP = `${SUBSCRIPTION}/resourceGroups/:resourceGroup` as const;
const JOB = `${GROUP}${PROVIDER}/jobs/:jobName` as const;
const OPERATOR = "/operator/v1";

/** Starts of paths; a named segment begins with a colon. */
export const PATHS = {
  provider: PROVIDER,
  subscription: `${SUBSCRIPTION}${PROVIDER}`,
  group: `${GROUP}${PROVIDER}`,
  job: JOB,
  subscriptionLocation: `${SUBSCRIPTION}${PROVIDER}/locations/:location`,
  groupLocation: `${GROUP}${PROVIDER}/locations/:location`,
  operator: OPERATOR,
  operatorOrder: `${OPERATOR}${JOB}`,
  /** The public keys of the broker, for everyone. */
  ownKeys: "/webhooks/v1/keys",
} as const;
