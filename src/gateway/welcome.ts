import type { DependencyHealth } from '../platform/health.ts';
import type { Config, RoleName } from '../platform/settings.ts';
import { firstQueries } from './explorers/first-queries.ts';
import type { Gateway } from './open-gateway.ts';

const roles: readonly RoleName[] = ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'];
const names: Readonly<Record<DependencyHealth['name'], string>> = {
  postgres: 'PostgreSQL',
  salesforce: 'Salesforce',
  jira: 'Jira',
  redis: 'Redis',
  cache: 'Cache',
  identity: 'Identity',
};

/** What a person reads who has just started the gateway: where it listens, what to try, and what is real. */
export async function welcome(gateway: Gateway, config: Config, startMs: number): Promise<string> {
  const { status, dependencies } = await gateway.readiness();
  const isSafelisted = config.trustedDocuments.mode === 'safelist';
  const sections = [
    `Deployment Graph: ${status} after ${(startMs / 1000).toFixed(1)} s`,
    table([
      ['API', `${gateway.url}/graphql`],
      ...(config.allowIntrospection && !isSafelisted
        ? [
            ['Explorers', `${gateway.url}/graphiql (served from here)`],
            ['', `${gateway.url}/ (Apollo Sandbox, loads from Apollo's site)`],
          ]
        : []),
      ['Health', `${gateway.url}/readyz`],
    ]),
    `What is real and what is a stand-in:\n${table(dependencies.map((health) => [names[health.name], describe(health, gateway, config)]))}`,
    isSafelisted
      ? `Only the documents of ${config.trustedDocuments.file} are answered, by text or by hash; anything else is 403 DOCUMENT_NOT_TRUSTED.`
      : `Three queries worth trying:\n${firstQueries.map(({ title, document }, index) => `\n${indent(`${index + 1}. ${title}\n\n${indent(document)}`)}\n`).join('')}`,
    ...(await tokens(gateway, config)),
  ];
  return `\n${sections.join('\n\n')}\n\n`;
}

function describe(health: DependencyHealth, gateway: Gateway, config: Config): string {
  const state =
    health.state === 'up' || health.state === 'off' ? '' : `; ${health.state}: ${health.detail ?? 'no reason known'}`;
  if (health.state === 'off') return 'none: REDIS_URL is not set';
  if (health.parts)
    return `${health.parts.map((part) => `${part.name}${part.state === 'up' ? '' : ' (down)'}`).join(', ')}${state}`;
  if (!health.standIn) return `real${state}`;
  if (health.name === 'postgres') return `embedded, keeps its data in ${config.dataDirectory}/postgres${state}`;
  const standIns = gateway.standIns;
  const url = health.name === 'redis' || health.name === 'cache' ? undefined : standIns[health.name]?.url;
  return `stand-in${url ? ` on ${url}` : ''}${state}`;
}

/** Only the stand-in issuer gives tokens away; they open nothing but made-up data. */
async function tokens(gateway: Gateway, config: Config): Promise<string[]> {
  const issuer = gateway.standIns.identity;
  if (!issuer) return [];
  const rows = await Promise.all(roles.map(async (role) => [role, await issuer.tokenFor(role)]));
  const anonymous = config.anonymousRole
    ? `A request without a token is ${config.anonymousRole}.`
    : 'A request without a token is refused.';
  return [`Tokens for \`authorization: Bearer …\`, good for 12 hours. ${anonymous}\n${table(rows)}`];
}

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([name = '']) => name.length)) + 2;
  return rows.map(([name = '', ...rest]) => `  ${name.padEnd(width)}${rest.join(' ')}`).join('\n');
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
