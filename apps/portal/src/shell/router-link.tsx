import { BreadcrumbButton, Link, NavItem } from "@fluentui/react-components";
import { createLink } from "@tanstack/react-router";

/** The address of an order's first page; its other pages are below it. */
export const ORDER = "/orders/$subscriptionId/$resourceGroup/$jobName";

/** Fluent's controls as typed links of the router. */
export const RouterLink = createLink(Link);
export const RouterBreadcrumb = createLink(BreadcrumbButton);
export const RouterNavItem = createLink(NavItem);
