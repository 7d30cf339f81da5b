import { bulletList, doc, heading, node, orderedList, paragraph, text } from './adf.ts';
import type { AdfNode } from './company.ts';
import type { Random } from './random.ts';
import { SENTENCES } from './vocabulary.ts';

/** One document with every common node and mark, and with nodes that no list of node types names. */
export function everyNode(mentionedAccountId: string): AdfNode {
  return doc(
    heading(1, 'Deployment plan'),
    paragraph(
      'Plain, ',
      text('bold', { type: 'strong' }),
      ', ',
      text('italic', { type: 'em' }),
      ', ',
      text('struck', { type: 'strike' }),
      ', ',
      text('under', { type: 'underline' }),
      ', ',
      text('code()', { type: 'code' }),
      ', H',
      text('2', { type: 'subsup', attrs: { type: 'sub' } }),
      'O, ',
      text('red', { type: 'textColor', attrs: { color: '#ff0000' } }),
      ', ',
      text('runbook', { type: 'link', attrs: { href: 'https://wiki.brightwell.example/runbook?a=1&b=(2)' } }),
      ', ',
      text('strong link', { type: 'strong' }, { type: 'link', attrs: { href: 'https://wiki.brightwell.example/x' } }),
      ', ',
      text('marked oddly', { type: 'sparkle', attrs: { level: 3 } }),
      node('hardBreak', null),
      'after a hard break *not emphasis* [not a link] `not code` <not html> \\ back.',
    ),
    paragraph(
      node('mention', { id: mentionedAccountId, text: '@Priya Raman', accessLevel: '' }),
      ' please check ',
      node('emoji', { shortName: ':rocket:', id: '1f680', text: '🚀' }),
      node('emoji', { shortName: ':custom_ship:', id: 'custom' }),
      ' until ',
      node('date', { timestamp: '1795478400000' }),
      ' – ',
      node('status', { text: 'IN REVIEW', color: 'yellow', localId: 'a1' }),
      ' – ',
      node('inlineCard', { url: 'https://brightwell.atlassian.example/browse/PSD-7' }),
      ' ',
      node('placeholder', { text: 'Type here' }),
    ),
    bulletList('first', node('paragraph', null, text('second')), 'third'),
    node(
      'bulletList',
      null,
      node('listItem', null, paragraph('outer'), orderedList(3, 'inner three', 'inner four')),
      node(
        'listItem',
        null,
        paragraph('with code'),
        node('codeBlock', { language: 'sql' }, text('SELECT 1;\n-- ``` fence')),
      ),
    ),
    node('panel', { panelType: 'warning' }, paragraph('Do not deploy on a Friday.')),
    node('blockquote', null, paragraph('Quoted by the customer.'), paragraph('In two paragraphs.')),
    node('codeBlock', { language: 'bash' }, text('kubectl rollout status deploy/gateway\nexit 0')),
    node('codeBlock', null, text('no language')),
    node('rule', null),
    node(
      'taskList',
      { localId: 't1' },
      node('taskItem', { localId: 't2', state: 'DONE' }, text('Back up')),
      node('taskItem', { localId: 't3', state: 'TODO' }, text('Deploy')),
      node('taskList', { localId: 't4' }, node('taskItem', { localId: 't5', state: 'TODO' }, text('Nested check'))),
    ),
    node(
      'decisionList',
      { localId: 'd1' },
      node('decisionItem', { localId: 'd2', state: 'DECIDED' }, text('We roll back by flag')),
    ),
    node(
      'table',
      { isNumberColumnEnabled: false, layout: 'default' },
      node(
        'tableRow',
        null,
        node('tableHeader', {}, paragraph('Step')),
        node('tableHeader', {}, paragraph('Owner | team')),
      ),
      node(
        'tableRow',
        null,
        node('tableCell', {}, paragraph('1')),
        node('tableCell', {}, paragraph('Ops'), bulletList('a', 'b')),
      ),
      node('tableRow', null, node('tableCell', { colspan: 2 }, paragraph('merged'))),
    ),
    node(
      'mediaSingle',
      { layout: 'center' },
      node('media', {
        type: 'file',
        id: '6e7c7f2c-dd7a-499c-bceb-6f32bfbf30b5',
        collection: '',
        alt: 'network plan',
        width: 800,
        height: 600,
      }),
      node('caption', null, text('How the traffic flows')),
    ),
    node('mediaGroup', null, node('media', { type: 'file', id: 'abc', collection: 'c', __fileName: 'runbook.pdf' })),
    node('mediaSingle', null, node('media', { type: 'external', url: 'https://wiki.brightwell.example/plan.png' })),
    node(
      'expand',
      { title: 'Details' },
      paragraph('Hidden until opened.'),
      node('nestedExpand', { title: 'More' }, paragraph('Deeper still.')),
    ),
    node(
      'layoutSection',
      null,
      node('layoutColumn', { width: 50 }, paragraph('left')),
      node('layoutColumn', { width: 50 }, paragraph('right')),
    ),
    node('blockCard', { url: 'https://wiki.brightwell.example/card' }),
    node('embedCard', { url: 'https://wiki.brightwell.example/embed', layout: 'wide' }),
    node('extension', { extensionType: 'com.example', extensionKey: 'chart', text: 'Chart fallback' }),
    node('bodiedExtension', { extensionType: 'com.example', extensionKey: 'box' }, paragraph('Inside an extension.')),
    node(
      'quantumCarousel',
      { speed: 11 },
      node('quantumSlide', null, paragraph('Text inside a node that nobody knows.')),
    ),
    { type: 'holoText', text: 'Text on an unknown leaf.' },
    paragraph(),
    { type: 'paragraph' },
  );
}

/** About 30 KB and more of ordinary prose, headings and lists. */
export function largeDocument(random: Random): AdfNode {
  return doc(
    ...Array.from({ length: 60 }, (_, section) => [
      heading(2 + (section % 3), `Section ${section + 1}`),
      paragraph(random.pick(SENTENCES), ' ', text(random.pick(SENTENCES), { type: 'em' }), ' ', random.pick(SENTENCES)),
      bulletList(random.pick(SENTENCES), random.pick(SENTENCES)),
    ]).flat(),
  );
}

export function ordinaryDocument(random: Random): AdfNode {
  const content = Array.from({ length: random.int(1, 3) }, () => paragraph(random.pick(SENTENCES)));
  if (random.chance(0.3)) content.push(bulletList(random.pick(SENTENCES), random.pick(SENTENCES)));
  if (random.chance(0.1)) content.push(node('codeBlock', { language: 'bash' }, text('./deploy.sh --dry-run')));
  return doc(...content);
}
