import type { HelpTopic } from "../../core/help-topics.ts";

export const help = {
  title: "Help",
  button: "Help (?)",
  page: "This page",
  topics: {
    home: "The counts and tasks show what needs attention now, and who must act. Each one links to the page for it.",
    orders:
      "Filters are part of the address, so you can send a filtered list to others. The export contains all pages of the list.",
    create:
      "Choose the destination, the appliance and the key. Your key is tested when you place the order.",
    approvals:
      "Appliances and changes that wait for your approval. Your reason is recorded in the activity of the order.",
    notifications: "Choose which messages you get by e-mail.",
    troubleshooter:
      "Every error code with its cause, the person who must act, and the commands that help.",
    overview:
      "Stages, nodes and the key chain of one order. A broken link of the chain shows where unlocking fails.",
    activity:
      "Everything that people and appliances did with this order. You can verify an export without this service.",
    deviceDetails: "The unlock key opens the page of the appliance. Showing it is recorded.",
    unlock:
      "Unlocks an appliance without a network: bring its challenge here, and take the answer back.",
    encryption:
      "Your key protects the unlock key of the appliance. The checks show whether the order can use it before you save.",
    keyHealth:
      "Shows whether the key works and until when. Here you also revoke access in an emergency.",
    unlockPolicy:
      "Decides when appliances may be unlocked, who must approve, and what happens when the service cannot be reached.",
    backupKeys:
      "A backup key can unlock the appliance when the main key is lost or cannot be reached.",
    contact:
      "Contact, address and notifications of this order. The address cannot be changed after dispatch.",
    operations: "The stages that the datacenter reports, from preparation to the erasure receipt.",
    fleet: "All appliances by state, and the kill switches.",
    campaigns:
      "A campaign moves the keys of many orders. A dry run shows first which orders would fail.",
    brokerHealth: "The parts that the service depends on, with the last result of each check.",
  } satisfies Record<HelpTopic, string>,
  readMore: "Microsoft's documentation",
  articles: {
    encryption: "Use customer-managed keys for Data Box",
    keys: "About keys in Key Vault",
    order: "Order a Data Box",
  },
  codes: "Find an error code in the troubleshooter",
  keyboard: "Keyboard",
  shortcuts: {
    search: "Search pages, orders and error codes",
    help: "Show this help",
    tab: "Go to the next control",
    skip: "Go past the top bar, right after a page has loaded",
    escape: "Close a panel or a menu",
  },
  keys: { control: "Ctrl", tab: "Tab", enter: "Enter", escape: "Esc" },
};
