/** The hand-written part of docs/reference/errors.md. */
export const INTRODUCTION = `# Errors

<!-- Generated from packages/errors by "npm run docs"; do not edit. Each text stands there in English and German. -->

Every failure has one code, and often a reason that says more exactly what went wrong. The same table feeds this page, the ARM answers (\`error.additionalInfo\`, type \`Recovery\`), the denials that the broker signs for appliances, and what the agent prints.

Codes that begin with \`Ssem\` are Azure's, and so are those of Resource Manager; the others are ours, for what Azure does not name.

- **refused**: an authority said no. Final until a person acts; an unlocked appliance re-locks.
- **unreachable**: nobody with authority answered. Try again; it is never treated as a refusal, and nothing re-locks before the order's outage grace ends.
- **invalid**: what was sent, or what was found, is wrong in itself.
- **pending**: not decided or not there yet.
- **internal**: our own fault.

The commands can be tried against the local stack (\`npm start -- --serve\`). Point az at it once; \`.local/stack.json\` holds the addresses, the CA file and the clients:

\`\`\`sh
export AZURE_CONFIG_DIR=.local/az REQUESTS_CA_BUNDLE=<caFile> AZURE_CORE_INSTANCE_DISCOVERY=false
az cloud register --name local --endpoint-resource-manager <armUrl>
az cloud set --name local
az login --service-principal --username <clientId> --password <clientSecret> --tenant <tenantId>
\`\`\`

What was done by az to reproduce a failure is undone by the steps of that failure. A fault of the emulator lasts until it is cleared: \`npm run emulator -- fault clear --ca .local/tls/ca.pem\`. \`npm run fault-matrix\` causes every failure by itself and prints code, reason, class, who must act and the time to the answer.`;
