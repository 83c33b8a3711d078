const SUBSCRIPTION = "/subscriptions/:subscriptionId";
const GROUP = `${SUBSCRIPTION}/resourceGroups/:resourceGroup`;
const PROVIDER = "/providers/Microsoft.DataBox";

/** Path patterns of Microsoft.DataBox. */
export const PATHS = {
  operations: `${PROVIDER}/operations`,
  subscriptionJobs: `${SUBSCRIPTION}${PROVIDER}/jobs`,
  orderSummaries: `${SUBSCRIPTION}${PROVIDER}/orderSummaries`,
  custodyPolicy: `${SUBSCRIPTION}${PROVIDER}/custodyPolicy`,
  dailyFigures: `${SUBSCRIPTION}${PROVIDER}/dailyFigures`,
  subscriptionLocation: `${SUBSCRIPTION}${PROVIDER}/locations/:location`,
  groupJobs: `${GROUP}${PROVIDER}/jobs`,
  groupLocation: `${GROUP}${PROVIDER}/locations/:location`,
  subscriptionApprovals: `${SUBSCRIPTION}${PROVIDER}/approvals`,
  job: `${GROUP}${PROVIDER}/jobs/:jobName`,
} as const;
