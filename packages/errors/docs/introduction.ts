export const GENERATED =
  '<!-- Generated from packages/errors by "npm run docs"; do not edit. Each text is there in English and German. -->';

/** The hand-written part of docs/reference/errors.md. */
export const INTRODUCTION = `# Errors

${GENERATED}

Every failure has one code, and often a reason that states the cause more exactly. The same table
feeds these pages, the ARM answers (\`error.additionalInfo\`, type \`Recovery\`), the denials that the
broker signs for appliances, and the agent's output.

Codes that begin with \`Ssem\` are Azure's, and so are those of Resource Manager. The others are ours,
for failures that Azure does not name.

- **refused**: an authority said no. This is final until a person acts, and an unlocked appliance
  closes.
- **unreachable**: no authoritative answer. Try again. It is never treated as a refusal, and no
  volume closes before the order's outage grace period ends.
- **invalid**: the request, or the state that was found, is wrong in itself.
- **pending**: not decided or not available yet.
- **internal**: a fault in this system.

You can try the commands against the local stack (\`npm start -- --serve\`). Point az at it once;
\`.local/stack.json\` has the addresses, the CA file and the clients:

\`\`\`sh
export AZURE_CONFIG_DIR=.local/az REQUESTS_CA_BUNDLE=<caFile> AZURE_CORE_INSTANCE_DISCOVERY=false
az cloud register --name local --endpoint-resource-manager <armUrl>
az cloud set --name local
az login --service-principal --username <clientId> --password <clientSecret> --tenant <tenantId>
\`\`\`

The steps of a failure undo the changes that were made with az to reproduce it. A fault of the
emulator lasts until you clear it: \`npm run emulator -- fault clear --ca .local/tls/ca.pem\`.
\`npm run fault-matrix\` causes every failure and prints code, reason, class, who must act and the
time to the answer.`;
