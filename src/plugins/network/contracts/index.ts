/**
 * Types and tokens of networks, a file a subject: networks, endpoints of containers on them, published ports, and the
 * two services. Imports the kernel alone, and holds no code.
 */
export type { Endpoint, EndpointAddress, EndpointSettings, NetworkLink, Sandbox } from './endpoint.js';
export type { Network, NetworkNotes, NetworkOptions } from './network.js';
export { type Lease, NetworkManager } from './network-manager.js';
export { Networks } from './networks-service.js';
export type { PortBinding, PortMapping, PortProtocol, PublishedPort } from './port.js';
