import { textOf, valueAt } from '../../yaml/yaml-node.ts';
import type { Resolver } from './resolver.ts';

const PROVIDER = 'AWS::IAM::OIDCProvider';
const ROLE = 'AWS::IAM::Role';

/** What `Ref` gives for a resource of the template; undefined where only its deployment says. */
export function referenceTo(name: string, resolver: Resolver): string | undefined {
  const type = typeOf(name, resolver);
  if (type === PROVIDER) return attributeOf(name, 'Arn', resolver);
  return type === ROLE ? property(name, 'RoleName', resolver) : undefined;
}

/** An attribute of a resource of the template. */
export function attributeOf(name: string, attribute: string, resolver: Resolver): string | undefined {
  if (attribute !== 'Arn') return undefined;
  const { ownAccount, ownPartition } = resolver.unknowns;
  const beginning = `arn:${ownPartition}:iam::${ownAccount}:`;
  const type = typeOf(name, resolver);
  if (type === PROVIDER) {
    const url = property(name, 'Url', resolver);
    return url === undefined
      ? undefined
      : `${beginning}oidc-provider/${url.replace(/^https:\/\//, '').replace(/\/$/, '')}`;
  }
  const roleName = type === ROLE ? property(name, 'RoleName', resolver) : undefined;
  return roleName === undefined
    ? undefined
    : `${beginning}role${property(name, 'Path', resolver) ?? '/'}${roleName}`;
}

function typeOf(name: string, { template }: Resolver): string | undefined {
  return textOf(valueAt(template, 'Resources', name, 'Type'));
}

function property(name: string, key: string, resolver: Resolver): string | undefined {
  const node = valueAt(resolver.template, 'Resources', name, 'Properties', key);
  return node === undefined ? undefined : resolver.text(node);
}
