import { doc, node, paragraph } from './adf.ts';
import { ordinaryDocument } from './adf-samples.ts';
import type { JiraIssueSeed, JiraUserSeed } from './company.ts';
import { toDateTime } from './dates.ts';
import { elementAt, type Random } from './random.ts';

type Comments = JiraIssueSeed['comments'];

const DEMO_COMMENTS = 6;
const FIRST_COMMENT_ID = 20_001;

/** Makes the comments of one issue after the other; ids rise over the whole site. */
export function generateComments(
  random: Random,
  users: readonly JiraUserSeed[],
): (isDemo: boolean, createdMs: number, updatedMs: number) => Comments {
  let nextId = FIRST_COMMENT_ID;
  return (isDemo, createdMs, updatedMs) => {
    const count = isDemo
      ? DEMO_COMMENTS
      : random.weighted(
          new Map([
            [0, 50],
            [1, 25],
            [2, 15],
            [3, 8],
            [55, 0.4],
          ]),
        );
    return Array.from({ length: count }, (_, index) => {
      const author = random.pick(users);
      const mentioned = elementAt(users, (index * 7) % users.length);
      const mention = node('mention', { id: mentioned.accountId, text: `@${mentioned.displayName}` });
      return {
        id: String(nextId++),
        authorAccountId: random.chance(0.03) ? null : author.accountId,
        body: random.chance(0.25)
          ? doc(paragraph(mention, ' done, "please" verify \\ thanks 👍'))
          : ordinaryDocument(random),
        createdAt: toDateTime(
          Math.floor((createdMs + ((updatedMs - createdMs) * (index + 1)) / (count + 1)) / 1000) * 1000,
        ),
      };
    });
  };
}
