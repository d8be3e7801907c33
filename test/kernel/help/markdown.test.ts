import test from 'ava';
import { commandPage, type HelpPage } from '../../../src/kernel/help/help-page.js';
import { markdown } from '../../../src/kernel/help/markdown.js';

function page(name: string, words: { summary: string; description?: string; example?: string }): HelpPage {
  return commandPage({
    name,
    names: [name],
    metadata: {
      name,
      summary: words.summary,
      group: 'Commands',
      usage: '[OPTIONS]',
      args: { min: 0 },
      examples: words.example === undefined ? [] : [[words.example, 'Do it']],
      effects: [],
    },
    options:
      words.description === undefined
        ? []
        : [{ property: 'o', flags: '-o', description: words.description, type: 'boolean' }],
  });
}

const EXIT = `Exit Status

|     |     |
| --- | --- |
| \`0\` | Success |
| \`1\` | The engine refused or failed |
| \`125\` | The command line is wrong |
`;

test('the first page is the title, the others are parts', (t) => {
  t.is(
    markdown([page('a', { summary: 'Do a', description: 'Ask', example: 'docker a' }), page('b', { summary: 'Do b' })]),
    `# docker a

Do a

\`\`\`
docker a [OPTIONS]
\`\`\`

## Options

|     |     |
| --- | --- |
| \`-o\` | Ask |

## Examples

Do it:

\`\`\`
docker a
\`\`\`

## ${EXIT}
## docker b

Do b

\`\`\`
docker b [OPTIONS]
\`\`\`

### ${EXIT}`,
  );
});

test('no text becomes a link, a tag, a heading, a cell or the end of a fence', (t) => {
  const text = markdown([
    page('x', { summary: '# <b>[a](b)</b>', description: 'a | b\n`c`', example: 'docker x ```\n# no' }),
  ]);
  t.true(text.includes('\n\\# \\<b\\>\\[a\\](b)\\</b\\>\n'));
  t.true(text.includes('| `-o` | a \\| b\\\\n\\`c\\` |\n'));
  t.true(text.includes('\n````\ndocker x ```\\n# no\n````\n'));
});
