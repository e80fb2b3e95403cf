export const LOOPBACK = '127.0.0.1';

/**
 * Where AWS SDKs accept `AWS_CONTAINER_CREDENTIALS_FULL_URI` without HTTPS: loopback, and the link-local addresses of the
 * endpoints of Amazon ECS and Amazon EKS (AWS SDKs and Tools Reference Guide, "Container credential provider").
 */
export const CONTAINER_ENDPOINTS = [LOOPBACK, '169.254.170.2', '169.254.170.23'] as const;

export type ContainerEndpoint = (typeof CONTAINER_ENDPOINTS)[number];

export const isContainerEndpoint = (address: unknown): address is ContainerEndpoint =>
  CONTAINER_ENDPOINTS.some((endpoint) => endpoint === address);
