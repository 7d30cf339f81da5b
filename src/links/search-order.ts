import type { JiraIssueModel } from '../sources/jira/model.ts';
import type { AccountModel, ProjectModel, PsRequestModel } from '../sources/salesforce/model.ts';

export type SearchHit = PsRequestModel | AccountModel | ProjectModel | JiraIssueModel;

/**
 * The best hits first, each once: what is called exactly so, then what begins so, then what has a word that begins so, then the rest.
 * Within a class the lists take turns, so that no source crowds out the others. `lists` are in the order of their sources.
 */
export function orderHits(text: string, lists: readonly (readonly SearchHit[])[], first: number): SearchHit[] {
  const wanted = normalise(text);
  const ranked = lists.flatMap((hits, list) => {
    const counts = [0, 0, 0, 0];
    return hits.map((hit) => {
      const closeness = closenessOf(hit, wanted);
      const place = counts[closeness] ?? 0;
      counts[closeness] = place + 1;
      return { hit, list, place, closeness };
    });
  });
  ranked.sort((a, b) => a.closeness - b.closeness || a.place - b.place || a.list - b.list);
  return [...new Map(ranked.map(({ hit }) => [hit.id, hit])).values()].slice(0, first);
}

function closenessOf(hit: SearchHit, wanted: string): number {
  const names = namesOf(hit).map(normalise);
  if (names.includes(wanted)) return 0;
  if (names.some((name) => name.startsWith(wanted))) return 1;
  return names.some((name) => name.includes(` ${wanted}`)) ? 2 : 3;
}

function namesOf(hit: SearchHit): string[] {
  const names = (() => {
    switch (hit.__typename) {
      case 'PsRequest':
        return [hit.number];
      case 'Account':
      case 'Project':
        return [hit.name];
      case 'JiraIssue':
        return [hit.key, hit.summary];
    }
  })();
  return names.filter((name) => typeof name === 'string');
}

function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
