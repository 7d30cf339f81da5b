import type { StandInAnswer, StandInHandler, StandInRequest } from '../kit/exchange.ts';
import { answerIdentity, answerRevoke, answerToken, identityUrl, type SignIn } from './oauth.ts';
import type { Org } from './org.ts';
import { Refusal } from './refusal.ts';
import { API_VERSIONS, parseResourceUrl } from './resource-url.ts';
import { answerResource } from './resources.ts';
import { refuseTooLong } from './wire-limits.ts';

/** Answers every request of the org: sign-in, then everything that needs a session and counts against the allowance. */
export function createHandler(org: Org, signIn: SignIn): StandInHandler {
  return (request) => {
    const tooLong = refuseTooLong(request);
    if (tooLong !== null) return tooLong;
    const path = request.url.pathname.replace(/\/$/, '');
    if (path === '/services/oauth2/token') return { ...answerToken(signIn, request), billed: 0 };
    if (path === '/services/oauth2/revoke') return { ...answerRevoke(signIn, request), billed: 0 };
    // The list of versions is open to everyone.
    if (path === '/services/data' && request.method === 'GET') return { status: 200, body: versions(), billed: 0 };
    const answer = refusing(() => answerSignedIn(org, signIn, request, path));
    org.usage.count(answer.billed ?? 1);
    return { ...answer, headers: { ...answer.headers, 'Sforce-Limit-Info': org.usage.header() } };
  };
}

function answerSignedIn(org: Org, signIn: SignIn, request: StandInRequest, path: string): StandInAnswer {
  const [, token = ''] = /^(?:Bearer|OAuth) (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (!signIn.sessions.isOpen(token)) {
    return {
      ...new Refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid').toAnswer(),
      headers: { 'WWW-Authenticate': 'Token' },
      billed: 0,
    };
  }
  if (org.usage.exhausted) {
    return { ...new Refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.').toAnswer(), billed: 0 };
  }
  if (path.startsWith('/id/') && `${signIn.origin}${path}` === identityUrl(signIn)) return answerIdentity(signIn);
  const target = parseResourceUrl(request.path);
  if (target.segments.length === 0) return { status: 200, body: resourceList(target.basePath, signIn) };
  return answerResource(org, {
    ...target,
    method: request.method,
    body: readBody(request),
    headers: singleHeaders(request),
  });
}

function refusing(answer: () => StandInAnswer): StandInAnswer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Refusal) return error.toAnswer();
    throw error;
  }
}

function readBody(request: StandInRequest): unknown {
  if (request.body === '') return undefined;
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `Content type '${request.headers['content-type'] ?? ''}' not supported.`,
    );
  }
  try {
    return JSON.parse(request.body);
  } catch (error) {
    throw new Refusal(
      400,
      'JSON_PARSER_ERROR',
      error instanceof Error ? error.message : 'The request body is not JSON.',
    );
  }
}

function singleHeaders(request: StandInRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function versions(): unknown {
  return API_VERSIONS.map((version) => ({
    label: `Release ${Number(version)}`,
    url: `/services/data/v${version}`,
    version,
  }));
}

function resourceList(basePath: string, signIn: SignIn): unknown {
  const names = ['sobjects', 'query', 'queryAll', 'limits', 'composite'];
  return { ...Object.fromEntries(names.map((name) => [name, `${basePath}/${name}`])), identity: identityUrl(signIn) };
}
