type Counts = { readonly required: number; readonly given: number };

/** Agents before 0.2.0 reject an answer with a larger number. */
const FORMER_MOST = 5;
const FORMER_AGENT = /^databox-agent\/0\.1\.\d+$/;

/**
 * Counts of approvals in the answer to the agent of this name. A former agent gets the same number
 * of missing ones, at most five. Six are needed only where an application carries its challenge.
 */
export function approvalCountsFor(agent: string, { required, given }: Counts): Counts {
  const above = FORMER_AGENT.test(agent) ? Math.max(0, required - FORMER_MOST) : 0;
  return { required: required - above, given: Math.max(0, given - above) };
}
