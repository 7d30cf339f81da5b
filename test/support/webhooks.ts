import { createHmac } from 'node:crypto';

export function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Sends a notice as the sender would; `headers` replace what it would send. */
export async function sendNotice(
  url: string,
  sender: 'jira' | 'salesforce',
  secret: string,
  notice: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = typeof notice === 'string' ? notice : JSON.stringify(notice);
  const header = sender === 'jira' ? 'x-hub-signature' : 'x-signature';
  return await fetch(`${url}/webhooks/${sender}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=UTF-8', [header]: signature(secret, body), ...headers },
    body,
  });
}
