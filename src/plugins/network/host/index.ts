/**
 * Requests to the Linux kernel: netlink, conntrack, the settings in /proc/sys, the program `nft`, and the
 * error for a host that denies them. Imports `addresses`, `contracts` and src/host; knows no rows.
 */
export { probeBind } from './bind-probe.js';
export { flushConntrack } from './conntrack.js';
export { withFileLock } from './file-lock.js';
export {
  configureBridge,
  createBridge,
  deleteLink,
  dropAddress,
  type HostAddress,
  type HostRoute,
  listAddresses,
  listRoutes,
  putOnBridge,
  silence,
} from './host-network.js';
export { configureIpv6, hostIpv6Mode } from './ipv6-mode.js';
export {
  type Attachment,
  attach,
  bringLoopbackUp,
  detach,
  findLink,
  type Link,
  type ListedLink,
  listLinks,
  routedThrough,
  setDefaultRoutes,
  setSysctls,
} from './links.js';
export { isDenied, withRights } from './missing-rights.js';
export {
  attribute,
  attributeList,
  attributes,
  isErrno,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NetlinkSocket,
  zeroTerminated,
} from './netlink.js';
export { isTimeout, runTool } from './run-tool.js';
