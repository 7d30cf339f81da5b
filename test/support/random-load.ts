import { setTimeout } from 'node:timers/promises';
import { toGlobalId } from '../../src/platform/global-id.ts';
import type { RoleName } from '../../src/platform/settings.ts';
import type { Company } from '../../src/standins/data/company.ts';
import { createRandom, type Random } from '../../src/standins/data/random.ts';
import { CompanyRecords } from './company-records.ts';
import type { Example } from './example.ts';
import { createRandomChange, type SourceChange } from './random-changes.ts';

/** One thing that a client of the mixed load does. */
export type LoadStep =
  | {
      readonly kind: 'read' | 'mutation';
      readonly name: string;
      readonly role: RoleName;
      readonly document: string;
      readonly variables: Readonly<Record<string, unknown>>;
    }
  /** Somebody changes something in Salesforce or Jira itself, and the gateway is told of it or has to find out. */
  | { readonly kind: 'change'; readonly change: SourceChange; readonly isAnnounced: boolean };

export interface RandomLoadOptions {
  readonly company: Company;
  readonly examples: readonly Example[];
  /** Global ids. */
  readonly mentorIds: readonly string[];
  readonly steps: number;
  readonly seed?: number;
  /**
   * From 0 to 1; 0.02 unless told. Of the writes a quarter goes through the gateway, a quarter happens in Salesforce and Jira themselves and
   * is told to the gateway, and half happens there without anybody telling it.
   */
  readonly writeShare?: number;
}

/** How often what is opened, out of a hundred: detail pages and the start page most, charts seldom. */
const popularity: ReadonlyMap<string, number> = new Map([
  ['request-detail', 26],
  ['dashboard', 18],
  ['issue-detail', 16],
  ['search', 6],
  ['refresh-cards', 6],
  ['issues-in-progress', 5],
  ['go-live-calendar', 5],
  ['accounts-with-recent-requests', 4],
  ['production-risks', 4],
  ['assessments-with-requests', 3],
  ['mentors', 3],
  ['validation-overview', 2],
  ['previous-page', 1],
  ['validation-trend', 1],
]);
const searchWords = [
  'upgrade',
  'release',
  'migration',
  'customer',
  'legacy',
  'billing',
  'rollback',
  'portal',
  'hub',
  'access',
];

/** Equal options give equal steps: the examples with ids by Zipf's law over all there are, and now and then a write. */
export function randomLoad(options: RandomLoadOptions): readonly LoadStep[] {
  const { company, examples, mentorIds, steps, seed = 4_711, writeShare = 0.02 } = options;
  const random = createRandom(seed);
  const records = new CompanyRecords(company);
  const pickRequest = zipf(
    random,
    shuffled(
      random,
      records.live('PS_Request__c').map(({ Name }) => String(Name)),
    ),
  );
  const salesforceIds = new Map(records.live('PS_Request__c').map(({ Name, Id }) => [String(Name), String(Id)]));
  const issues = company.jira.issues.filter(({ forbidden }) => !forbidden);
  const pickIssue = zipf(random, shuffled(random, issues));
  const pickWord = zipf(random, searchWords);
  const pickMentor = zipf(random, mentorIds);
  const pickRequestId = () => salesforceIds.get(pickRequest()) ?? '';
  const randomChange = createRandomChange({ company, random, pickRequestId, pickIssue });
  const byName = new Map(examples.map((example) => [example.name, example]));
  const variablesOf: Readonly<Record<string, () => Readonly<Record<string, unknown>>>> = {
    'request-detail': () => ({ id: pickRequest() }),
    'issue-detail': () => ({ key: pickIssue().key }),
    search: () => ({ text: pickWord() }),
    'refresh-cards': () => ({
      ids: [
        ...Array.from({ length: 4 }, () => toGlobalId('PsRequest', pickRequestId())),
        ...Array.from({ length: 2 }, () => toGlobalId('JiraIssue', pickIssue().id)),
      ],
    }),
    'go-live-calendar': () => {
      const month = random.int(1, 4) + 8;
      return { from: `2026-${String(month).padStart(2, '0')}-01`, to: `2026-${String(month).padStart(2, '0')}-28` };
    },
  };
  const operation = (
    kind: 'read' | 'mutation',
    name: string,
    variables?: Readonly<Record<string, unknown>>,
  ): LoadStep => {
    const example = byName.get(name);
    if (!example) throw new Error(`There is no examples/${name}.graphql. Take it out of the mixed load, or write it.`);
    const { role, document } = example;
    return { kind, name, role, document, variables: variables ?? variablesOf[name]?.() ?? example.variables };
  };
  const write = (step: number): LoadStep => {
    const word = `changed at step ${step}`;
    if (random.chance(0.25)) {
      const assessment = {
        mentorId: pickMentor(),
        psRequestNumber: pickRequest(),
        score: random.int(1, 5),
        comment: word,
      };
      return operation('mutation', 'submit-assessments', { input: { assessments: [assessment] } });
    }
    return { kind: 'change', change: randomChange(word), isAnnounced: random.chance(1 / 3) };
  };
  return Array.from({ length: steps }, (_, step) =>
    random.chance(writeShare) ? write(step) : operation('read', random.weighted(popularity)),
  );
}

/**
 * Works through the steps with so many clients at once, each taking the next as soon as it is done with its last and has paused for
 * `thinkMs`, nearly: else all of them would move in step.
 */
export async function runSteps<Step>(
  steps: readonly Step[],
  clients: number,
  take: (step: Step, index: number) => Promise<void>,
  thinkMs = 0,
): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < steps.length) {
      const index = next;
      next += 1;
      await take(steps[index] as Step, index);
      if (thinkMs > 0) await setTimeout(thinkMs * (0.5 + ((index * 0.618) % 1)));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** The n-th is picked 1/n times as often as the first. */
function zipf<Choice>(random: Random, choices: readonly Choice[]): () => Choice {
  let total = 0;
  const ends = choices.map((_, index) => (total += 1 / (index + 1)));
  return () => {
    const at = random.next() * total;
    const choice = choices[ends.findIndex((end) => at < end)] ?? choices[0];
    if (choice === undefined) throw new Error('There is nothing to pick from.');
    return choice;
  };
}

function shuffled<Item>(random: Random, items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}
