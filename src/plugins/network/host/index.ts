/**
 * Requests to the Linux kernel: netlink, conntrack, the settings in /proc/sys, the programs `ip` and `nft`, and the
 * error for a host that denies them. Imports `addresses`, `contracts` and src/host; knows no rows.
 */
export { probeBind } from './bind-probe.js';
export { flushConntrack } from './conntrack.js';
export { configureIpv6, hostIpv6Mode } from './ipv6-mode.js';
export {
  type Attachment,
  attach,
  bringLoopbackUp,
  detach,
  findLink,
  type Link,
  listLinks,
  routedThrough,
  setDefaultRoute,
} from './links.js';
export { isDenied, withRights } from './missing-rights.js';
export {
  attribute,
  attributes,
  isErrno,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NetlinkSocket,
  zeroTerminated,
} from './netlink.js';
export { runTool, runToolSync } from './run-tool.js';
