import type { Context } from '../../src/gateway/context.ts';

const refuse = () => Promise.reject(new Error('This gateway has no source to change anything in.'));

/** For gateways whose schema changes nothing elsewhere. */
export const noUpstream: Context['upstream'] = {
  updatePsRequest: refuse,
  transitionJiraIssue: refuse,
  addJiraComment: refuse,
};
